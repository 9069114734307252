{{/*
The configuration: what of it goes to the environment, to the Secret and to the file. The names of its keys and variables
are in files/keys.yaml, which is made from the program's own schema.
*/}}

{{/* A value of YAML as the program reads it from the environment. Helm holds whole numbers as 1.048576e+07. */}}
{{- define "opencompat.envText" -}}
{{- if kindIs "slice" . -}}{{ join "," . }}
{{- else if and (kindIs "float64" .) (eq . (floor .)) -}}{{ int64 . }}
{{- else -}}{{ . }}
{{- end -}}
{{- end -}}

{{/* config.file as a mapping: {} when there is none. */}}
{{- define "opencompat.fileGiven" -}}
{{- $file := .Values.config.file -}}
{{- if kindIs "string" $file -}}{{- $file = fromYaml $file -}}{{- end -}}
{{- toYaml (default dict $file) -}}
{{- end -}}

{{/* The config.<key> that count, under the program's names: without empty ones, and without those that the file has. */}}
{{- define "opencompat.config" -}}
{{- $config := omit .Values.config "file" "oauthClientID" -}}
{{- with .Values.config.oauthClientID -}}{{- $_ := set $config "oauthClientId" . -}}{{- end -}}
{{- $file := include "opencompat.fileGiven" . | fromYaml -}}
{{- range $key, $value := $config -}}
{{- $isUnset := and (empty $value) (not (or (kindIs "bool" $value) (kindIs "float64" $value) (kindIs "int64" $value))) -}}
{{- if or $isUnset (hasKey $file $key) -}}{{- $config = omit $config $key -}}{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* Variables as YAML. Takes (list $ isSecret). */}}
{{- define "opencompat.env" -}}
{{- $root := index . 0 -}}
{{- $isSecret := index . 1 -}}
{{- $config := include "opencompat.config" $root | fromYaml -}}
{{- $keys := $root.Files.Get "files/keys.yaml" | fromYaml -}}
{{- $env := dict -}}
{{- range $key, $value := $config -}}
{{- with index $keys.config $key -}}
{{- if and .env (not (kindIs "map" $value)) (eq $isSecret (default false .secret)) -}}
{{- $_ := set $env .env (include "opencompat.envText" $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $isSecret -}}
{{- with $root.Values.redis.url -}}{{- $_ := set $env "OPENCOMPAT_REDIS_URL" . -}}{{- end -}}
{{- with $root.Values.redis.encryptionKey -}}{{- $_ := set $env "OPENCOMPAT_REDIS_ENCRYPTION_KEY" . -}}{{- end -}}
{{- else -}}
{{- if include "opencompat.file" $root -}}{{- $_ := set $env "OPENCOMPAT_CONFIG" "/config/opencompat.config.yaml" -}}{{- end -}}
{{- /* Set with the Pod's own names added; see opencompat.allowedHosts. */ -}}
{{- $env = omit $env "OPENCOMPAT_ALLOWED_HOSTS" -}}
{{- end -}}
{{- toYaml $env -}}
{{- end -}}

{{/* The Secret's variables as YAML; empty when there are none. */}}
{{- define "opencompat.secretEnv" -}}
{{- $env := include "opencompat.env" (list . true) | fromYaml -}}
{{- if $env -}}{{- toYaml $env -}}{{- end -}}
{{- end -}}

{{/* The configuration file's text, empty when there is none: config.file, and the config.<key> that no variable can hold. */}}
{{- define "opencompat.file" -}}
{{- if kindIs "string" .Values.config.file -}}
{{- .Values.config.file -}}
{{- else -}}
{{- $file := include "opencompat.fileGiven" . | fromYaml -}}
{{- $keys := .Files.Get "files/keys.yaml" | fromYaml -}}
{{- range $key, $value := include "opencompat.config" . | fromYaml -}}
{{- if or (kindIs "map" $value) (not (dig $key "env" "" $keys.config)) -}}{{- $_ := set $file $key $value -}}{{- end -}}
{{- end -}}
{{- if $file -}}{{- toYaml $file -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Allowed hosts for the environment, empty when any is allowed: those of config.file, else of config.allowedHosts. Prometheus
and `helm test` use names that nobody would list. The environment counts before the file.
*/}}
{{- define "opencompat.allowedHosts" -}}
{{- $file := include "opencompat.fileGiven" . | fromYaml -}}
{{- with default (include "opencompat.config" . | fromYaml).allowedHosts $file.allowedHosts -}}
{{- $name := include "opencompat.fullname" $ -}}
{{- $inNamespace := printf "%s.%s" $name $.Release.Namespace -}}
{{- list (include "opencompat.envText" .) $name $inNamespace (printf "%s.svc" $inNamespace) (printf "%s.svc.cluster.local" $inNamespace) "$(POD_IP)" | join "," -}}
{{- end -}}
{{- end -}}

{{- define "opencompat.port" -}}
{{- int .Values.config.port -}}
{{- end -}}

{{/* "true" when requests need a client key. */}}
{{- define "opencompat.hasClientKeys" -}}
{{- $config := include "opencompat.config" . | fromYaml -}}
{{- $file := include "opencompat.fileGiven" . | fromYaml -}}
{{- if or .Values.apiKeys.existingSecret $config.apiKeys $config.clientKeys $file.apiKeys $file.clientKeys -}}true{{- end -}}
{{- end -}}

{{/* What Prometheus sends to /metrics, as YAML; empty when it needs nothing. */}}
{{- define "opencompat.scrapeAuthorization" -}}
{{- if .Values.metrics.serviceMonitor.authorization -}}
{{- toYaml .Values.metrics.serviceMonitor.authorization -}}
{{- else if .Values.metrics.token.existingSecret -}}
{{- toYaml (dict "credentials" (dict "name" .Values.metrics.token.existingSecret "key" .Values.metrics.token.key)) -}}
{{- else if (include "opencompat.config" . | fromYaml).metricsToken -}}
{{- toYaml (dict "credentials" (dict "name" (include "opencompat.fullname" .) "key" "OPENCOMPAT_METRICS_TOKEN")) -}}
{{- end -}}
{{- end -}}

{{/* "true" when state is in Redis. */}}
{{- define "opencompat.hasRedis" -}}
{{- $file := include "opencompat.fileGiven" . | fromYaml -}}
{{- if or .Values.redis.url .Values.redis.existingSecret .Values.config.redis $file.redis -}}true{{- end -}}
{{- end -}}

{{/* Seconds that running streams have at the end; the program's default is 30. */}}
{{- define "opencompat.shutdownGrace" -}}
{{- $file := include "opencompat.fileGiven" . | fromYaml -}}
{{- $grace := default .Values.config.shutdownGrace $file.shutdownGrace -}}
{{- if kindIs "invalid" $grace -}}30{{- else -}}{{- ceil $grace | int -}}{{- end -}}
{{- end -}}
