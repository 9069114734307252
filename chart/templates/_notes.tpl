{{- define "opencompat.notes" -}}
{{- $name := include "opencompat.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
OpenCompat {{ .Chart.AppVersion }} is being started. When it is ready:

{{- if .Values.ingress.enabled }}
{{- $secured := list }}
{{- range include "opencompat.ingressTls" . | fromYamlArray }}{{ $secured = concat $secured .hosts }}{{ end }}
{{- range .Values.ingress.hosts }}
{{- $host := include "opencompat.render" (list .host $) }}

  base URL: {{ has $host $secured | ternary "https" "http" }}://{{ $host }}/v1
{{- end }}
{{- else if and .Values.httpRoute.enabled .Values.httpRoute.hostnames }}
{{- range .Values.httpRoute.hostnames }}

  base URL: https://{{ . }}/v1
{{- end }}
{{- else }}

  kubectl port-forward -n {{ $namespace }} service/{{ $name }} 8080:{{ .Values.service.port }}
  base URL: http://127.0.0.1:8080/v1
{{- end }}
  in the cluster: http://{{ $name }}.{{ $namespace }}.svc:{{ .Values.service.port }}/v1

  helm test {{ .Release.Name }} -n {{ $namespace }} --logs
{{- if not (lookup "v1" "Secret" $namespace .Values.auth.existingSecret) }}

There is no secret {{ .Values.auth.existingSecret }}, so the built-in demo answers until someone signs in:

  opencompat login
  kubectl create secret generic {{ .Values.auth.existingSecret }} -n {{ $namespace }} --from-file={{ .Values.auth.key }}=$HOME/.local/share/opencompat/auth.json
  kubectl rollout restart statefulset/{{ $name }} -n {{ $namespace }}
{{- end }}
{{- if not (include "opencompat.hasClientKeys" .) }}

ANYONE WHO REACHES THIS SERVER CAN USE IT: it has no client keys. Set apiKeys.existingSecret.
{{- end }}
{{- if and .Values.ingress.enabled (not (include "opencompat.config" . | fromYaml).trustedProxies) (not (include "opencompat.fileGiven" . | fromYaml).trustedProxies) }}

All clients count as one for limits and in the log, because the Ingress is not trusted to tell their addresses. Set
config.trustedProxies to the addresses of its Pods.
{{- end }}
{{- if not .Values.persistence.data.enabled }}

Credentials are not kept (persistence.data.enabled is false): a refreshed token is lost with the Pod, and the one in the
secret works only once. Sign in again and make the secret anew after each restart.
{{- end }}
{{- end -}}
