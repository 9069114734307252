import {
  partOf
} from "../../lib/chunk-75XU7GXE.js";

// part:part:spec/support/index
var { createFakeChatGpt, createFakeCopilot, createFakeModel, createHarness, defaultReasoning, defaultText, fakeUsage, scriptAnswer, toSseText } = partOf("spec/support/index");
export {
  createFakeChatGpt,
  createFakeCopilot,
  createFakeModel,
  createHarness,
  defaultReasoning,
  defaultText,
  fakeUsage,
  scriptAnswer,
  toSseText
};
