import {
  partOf
} from "./chunk-75XU7GXE.js";

// part:part:lib/index
var { OpenCompatError, Secret, chatUpstream, createError, defineMiddleware, defineProvider, messagesUpstream, openAiCompatibleError, responsesUpstream, toChatBody, toMessagesBody } = partOf("lib/index");
export {
  OpenCompatError,
  Secret,
  chatUpstream,
  createError,
  defineMiddleware,
  defineProvider,
  messagesUpstream,
  openAiCompatibleError,
  responsesUpstream,
  toChatBody,
  toMessagesBody
};
