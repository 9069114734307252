{{/* Parts of the Pod that are too long to stand in it. */}}

{{/* Kubernetes counts the preStop hook, then the server drains; 5 seconds are for its last steps. */}}
{{- define "opencompat.terminationGrace" -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{- add (int .Values.preStopSeconds) (include "opencompat.shutdownGrace" . | int) 5 -}}
{{- else -}}
{{- int .Values.terminationGracePeriodSeconds -}}
{{- end -}}
{{- end -}}

{{/* The whole configuration of the server, for whatever acts on it: `envFrom`, `env`, and the mount of its file. */}}
{{- define "opencompat.environment" -}}
envFrom:
  - configMapRef:
      name: {{ include "opencompat.fullname" . }}
  {{- if include "opencompat.secretEnv" . }}
  - secretRef:
      name: {{ include "opencompat.fullname" . }}
  {{- end }}
  {{- with .Values.extraEnvFrom }}
  {{- include "opencompat.render" (list . $) | nindent 2 }}
  {{- end }}
{{- with include "opencompat.serverEnv" . }}
env:
  {{- trim . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "opencompat.configMount" -}}
{{- if include "opencompat.file" . -}}
- name: config
  mountPath: /config
  readOnly: true
{{- end -}}
{{- end -}}

{{/* Variables of the server that are no plain texts, or not the chart's own. */}}
{{- define "opencompat.serverEnv" -}}
{{- with include "opencompat.allowedHosts" . }}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: OPENCOMPAT_ALLOWED_HOSTS
  value: {{ . | quote }}
{{- end }}
{{- with .Values.apiKeys.existingSecret }}
- name: OPENCOMPAT_API_KEYS
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.apiKeys.key }}
{{- end }}
{{- with .Values.metrics.token.existingSecret }}
- name: OPENCOMPAT_METRICS_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.metrics.token.key }}
{{- end }}
{{- with .Values.redis }}
{{- if .existingSecret }}
- name: OPENCOMPAT_REDIS_URL
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .urlKey }}
- name: OPENCOMPAT_REDIS_ENCRYPTION_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .encryptionKeyKey }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{- $variables := list }}
{{- range include "opencompat.render" (list . $) | fromYamlArray }}
{{- /* Kubernetes takes texts alone: a number or a switch becomes one. */}}
{{- if and (hasKey . "value") (not (kindIs "string" .value)) }}
{{- $_ := set . "value" (include "opencompat.envText" .value) }}
{{- end }}
{{- $variables = append $variables . }}
{{- end }}
{{ toYaml $variables }}
{{- end }}
{{- end -}}

{{/* Claims cannot be changed once they are there: no label of theirs may change with a version. */}}
{{- define "opencompat.volumeClaimTemplates" -}}
{{- range $name := list "data" "cache" }}
{{- $volume := get $.Values.persistence $name }}
{{- if and $volume.enabled (not $volume.existingClaim) }}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata:
    name: {{ $name }}
    labels:
      {{- include "opencompat.selectorLabels" $ | nindent 6 }}
    {{- with $volume.annotations }}
    annotations:
      {{- include "opencompat.texts" . | nindent 6 }}
    {{- end }}
  spec:
    accessModes: [{{ $volume.accessMode }}]
    {{- if $volume.storageClass }}
    storageClassName: {{ ternary "" $volume.storageClass (eq $volume.storageClass "-") | quote }}
    {{- end }}
    resources:
      requests:
        storage: {{ $volume.size }}
{{- end }}
{{- end }}
{{- end -}}
