{{/* Names and labels. */}}

{{- define "opencompat.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 52 characters: `-headless` is added for a service, and StatefulSets add 11 for a label; labels hold 63. */}}
{{- define "opencompat.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $isNamed := contains $name .Release.Name -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) $isNamed | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "opencompat.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Selectors of StatefulSets cannot be changed, so these never may. */}}
{{- define "opencompat.selectorLabels" -}}
app.kubernetes.io/name: {{ include "opencompat.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of the Pods of `helm test`: not the selector's, or the service would send requests to them. */}}
{{- define "opencompat.testLabels" -}}
app.kubernetes.io/name: {{ include "opencompat.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "opencompat.labels" -}}
helm.sh/chart: {{ include "opencompat.chart" . }}
{{ include "opencompat.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ include "opencompat.texts" . }}
{{- end }}
{{- end -}}

{{/* `metadata` of an object. Takes (dict "root" $ "suffix" "-headless" "labels" {…} "annotations" {…}); all but root are optional. */}}
{{- define "opencompat.metadata" -}}
name: {{ include "opencompat.fullname" .root }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "opencompat.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- include "opencompat.texts" . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- include "opencompat.texts" . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "opencompat.serviceAccountName" -}}
{{- default (ternary (include "opencompat.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "opencompat.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* A value as YAML, with the templates in it rendered. Takes (list value $). */}}
{{- define "opencompat.render" -}}
{{- $value := index . 0 -}}
{{- tpl (kindIs "string" $value | ternary $value (toYaml $value)) (index . 1) -}}
{{- end -}}

{{/* A mapping as YAML whose values are texts, as labels and annotations must be: `true` and `8080` are quoted. */}}
{{- define "opencompat.texts" -}}
{{- $texts := dict -}}
{{- range $key, $value := . -}}
{{- $_ := set $texts $key (kindIs "string" $value | ternary $value (include "opencompat.envText" $value)) -}}
{{- end -}}
{{- toYaml $texts -}}
{{- end -}}

{{/* TLS of the Ingress; a secret without hosts is for all of them. */}}
{{- define "opencompat.ingressTls" -}}
{{- $hosts := list -}}
{{- range .Values.ingress.hosts -}}{{- $hosts = append $hosts (include "opencompat.render" (list .host $)) -}}{{- end -}}
{{- $all := list -}}
{{- range include "opencompat.render" (list .Values.ingress.tls $) | fromYamlArray -}}
{{- $all = append $all (merge . (dict "hosts" $hosts)) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* What containers of any Pod of ours have in common. */}}
{{- define "opencompat.container" -}}
image: {{ include "opencompat.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- end -}}
