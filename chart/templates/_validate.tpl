{{/*
What values.schema.json cannot say: names that do not exist, with the nearest that does, and values that must fit each
other. All that is wrong is told at once.
*/}}

{{- define "opencompat.validate" -}}
{{- $faults := concat
  (include "opencompat.unknownKeys" . | fromYamlArray)
  (include "opencompat.misfits" . | fromYamlArray) -}}
{{- if $faults -}}
{{- fail (printf "\n\nThe values have %s:\n  - %s\n" (len $faults | eq 1 | ternary "a fault" (printf "%d faults" (len $faults))) (join "\n  - " $faults)) -}}
{{- end -}}
{{- end -}}

{{- define "opencompat.misfits" -}}
{{- $faults := list -}}
{{- $config := .Values.config -}}
{{- $file := include "opencompat.fileGiven" . | fromYaml -}}
{{- $hasRedis := include "opencompat.hasRedis" . -}}
{{- $isMany := or (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled -}}

{{- if and $isMany (not $hasRedis) -}}
{{- $what := ternary "autoscaling.enabled" (printf "replicaCount: %d" (int .Values.replicaCount)) .Values.autoscaling.enabled -}}
{{- $faults = append $faults (printf "%s needs Redis: refresh tokens can be used only once, so several Pods must share them. Set redis.url or redis.existingSecret, or keep one replica" $what) -}}
{{- end -}}
{{- range $name := list "data" "cache" -}}
{{- $volume := get $.Values.persistence $name -}}
{{- if and $isMany $volume.existingClaim (ne $volume.accessMode "ReadWriteMany") -}}
{{- $faults = append $faults (printf "persistence.%s.existingClaim is one claim for several Pods: leave it empty, or set accessMode ReadWriteMany" $name) -}}
{{- end -}}
{{- end -}}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas) -}}
{{- $faults = append $faults "autoscaling.minReplicas must not be more than autoscaling.maxReplicas" -}}
{{- end -}}
{{- if and .Values.redis.existingSecret (or .Values.redis.url .Values.redis.encryptionKey) -}}
{{- $faults = append $faults "redis.existingSecret stands for redis.url and redis.encryptionKey: set it, or them" -}}
{{- end -}}
{{- if and $config.redis (or .Values.redis.url .Values.redis.existingSecret) -}}
{{- $faults = append $faults "redis.url and config.redis are the same setting: set one of the two" -}}
{{- end -}}
{{- if and .Values.redis.url (not (coalesce .Values.redis.encryptionKey $config.redisEncryptionKey $file.redisEncryptionKey)) -}}
{{- $faults = append $faults "redis.url needs redis.encryptionKey: nothing readable of a sign-in is put into Redis. `openssl rand -base64 32` makes one" -}}
{{- end -}}

{{- if and $config.oauthClientID $config.oauthClientId (ne $config.oauthClientID $config.oauthClientId) -}}
{{- $faults = append $faults "config.oauthClientID and config.oauthClientId are the same setting, and differ" -}}
{{- end -}}
{{- if hasKey $file "Error" -}}
{{- $faults = append $faults (printf "config.file is not YAML with a mapping of keys to values: %s" $file.Error) -}}
{{- end -}}
{{- range $path, $text := include "opencompat.readableSecrets" . | fromYaml -}}
{{- $faults = append $faults (printf "%s would lie in a ConfigMap, which many can read: write \"${NAME}\", and set NAME by extraEnv from a secret" $path) -}}
{{- end -}}
{{- $port := include "opencompat.port" . | int -}}
{{- if or (lt $port 1) (gt $port 65535) -}}
{{- $faults = append $faults (printf "config.port must be a port from 1 to 65535, not '%v': Services and probes need to know it" $config.port) -}}
{{- end -}}
{{- range $key := list "host" "port" -}}
{{- if hasKey $file $key -}}
{{- $faults = append $faults (printf "config.file must not set %s, which Services and probes need to know: set config.%s" $key $key) -}}
{{- end -}}
{{- end -}}
{{- if kindIs "string" $config.file -}}
{{- range $key, $goesTo := ($.Files.Get "files/keys.yaml" | fromYaml).config -}}
{{- if and (get $config $key) (or (not $goesTo.env) (kindIs "map" (get $config $key))) -}}
{{- $faults = append $faults (printf "config.%s cannot be added to a config.file that is a text: write it there, or give config.file as a mapping" $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $config.apiKeys .Values.apiKeys.existingSecret -}}
{{- $faults = append $faults "apiKeys.existingSecret stands for config.apiKeys: set one of the two" -}}
{{- end -}}

{{- if and $config.metricsToken .Values.metrics.token.existingSecret -}}
{{- $faults = append $faults "metrics.token.existingSecret stands for config.metricsToken: set one of the two" -}}
{{- end -}}
{{- if gt (len (compact (list .Values.plugins.existingConfigMap (ternary "files" "" (gt (len .Values.plugins.files) 0)) (ternary "volume" "" (gt (len .Values.plugins.volume) 0))))) 1 -}}
{{- $faults = append $faults "plugins.files, plugins.existingConfigMap and plugins.volume are three ways to give the same: set one" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- $faults = append $faults "httpRoute.enabled needs httpRoute.parentRefs: the Gateway that it belongs to" -}}
{{- end -}}
{{- with .Values.metrics.serviceMonitor -}}
{{- if and .enabled (include "opencompat.hasClientKeys" $) (not (include "opencompat.scrapeAuthorization" $)) -}}
{{- $faults = append $faults "metrics.serviceMonitor.enabled needs metrics.token.existingSecret (or metrics.serviceMonitor.authorization): there are client keys, and /metrics asks for one" -}}
{{- end -}}
{{- end -}}
{{- $live := lookup "apps/v1" "StatefulSet" .Release.Namespace (include "opencompat.fullname" .) -}}
{{- with include "opencompat.unchangeable" (list $ $live) -}}{{- $faults = append $faults . -}}{{- end -}}
{{- toYaml $faults -}}
{{- end -}}

{{/* Every key that the chart does not know, as a list of sentences. */}}
{{- define "opencompat.unknownKeys" -}}
{{- $keys := .Files.Get "files/keys.yaml" | fromYaml -}}
{{- $elsewhere := list -}}
{{- range $key := keys $keys.values.config | sortAlpha -}}{{- $elsewhere = append $elsewhere (printf "config.%s" $key) -}}{{- end -}}
{{- $given := omit .Values "global" -}}
{{- include "opencompat.unknownKeysAt" (dict "path" "" "given" $given "known" $keys.values "elsewhere" $elsewhere) -}}
{{- end -}}

{{/* Secrets that the configuration file holds as they are: path → text, as YAML. */}}
{{- define "opencompat.readableSecrets" -}}
{{- $file := include "opencompat.file" . | fromYaml -}}
{{- $found := dict -}}
{{- range $key := list "apiKeys" "metricsToken" "openaiApiKey" "redis" "redisEncryptionKey" -}}
{{- $_ := set $found $key (get $file $key) -}}
{{- end -}}
{{- range $name, $provider := $file.providers -}}
{{- if kindIs "map" $provider -}}{{- $_ := set $found (printf "providers.%s.apiKey" $name) $provider.apiKey -}}{{- end -}}
{{- end -}}
{{- range $path, $value := $found -}}
{{- $text := toJson $value -}}
{{- $isSecret := or (ne $path "redis") (regexMatch "://[^/]*@|encryptionKey" $text) -}}
{{- if or (not $value) (not $isSecret) (contains "${" $text) -}}{{- $_ := unset $found $path -}}{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

{{/* Takes the path of a mapping, what was given there, what is known there, and names that may have been meant elsewhere. */}}
{{- define "opencompat.unknownKeysAt" -}}
{{- $faults := list -}}
{{- $at := . -}}
{{- range $key := keys .given | sortAlpha -}}
{{- $path := ternary $key (printf "%s.%s" $at.path $key) (eq $at.path "") -}}
{{- $value := get $at.given $key -}}
{{- if not (hasKey $at.known $key) -}}
{{- $nearest := include "opencompat.nearest" (list $key (concat (keys $at.known | sortAlpha) $at.elsewhere)) -}}
{{- if and $nearest $at.path -}}{{- $nearest = printf "%s.%s" $at.path $nearest -}}{{- end -}}
{{- $faults = append $faults (printf "%s is not a value of this chart%s" $path (ternary (printf "; did you mean '%s'?" $nearest) "" (ne $nearest ""))) -}}
{{- else if and (kindIs "map" $value) (kindIs "map" (get $at.known $key)) -}}
{{- $below := dict "path" $path "given" $value "known" (get $at.known $key) "elsewhere" list -}}
{{- $faults = concat $faults (include "opencompat.unknownKeysAt" $below | fromYamlArray) -}}
{{- end -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}

{{/*
The name that was probably meant, however it is cased and joined; empty when none is near. Takes (list wanted names). As
in the program's own configuration: two letters swapped are two steps, and a third of the letters may be wrong. Else it is
a longer name that begins so. Of a name with dots the last part is compared.
*/}}
{{- define "opencompat.nearest" -}}
{{- $wanted := include "opencompat.plain" (index . 0) -}}
{{- $limit := min (sub (len $wanted) 1) (max 2 (div (len $wanted) 3)) -}}
{{- $nearest := "" -}}
{{- $longer := "" -}}
{{- $least := add1 $limit -}}
{{- range $name := index . 1 -}}
{{- $plain := include "opencompat.plain" (splitList "." $name | last) -}}
{{- $apart := include "opencompat.distance" (list $wanted $plain) | int64 -}}
{{- if lt $apart $least -}}
{{- $nearest = $name -}}
{{- $least = $apart -}}
{{- end -}}
{{- if and (ge (len $wanted) 4) (hasPrefix (trimSuffix "s" $wanted) $plain) -}}{{- $longer = default $name $longer -}}{{- end -}}
{{- end -}}
{{- default $longer $nearest -}}
{{- end -}}

{{- define "opencompat.plain" -}}
{{- regexReplaceAll "[^a-z0-9]" (lower .) "" -}}
{{- end -}}

{{/* The edit distance (Levenshtein) of two words, row by row. Takes (list a b). */}}
{{- define "opencompat.distance" -}}
{{- $a := splitList "" (index . 0) -}}
{{- $b := splitList "" (index . 1) -}}
{{- $row := until (len $b | add1 | int) -}}
{{- range $i, $letter := $a -}}
{{- $next := list (add1 $i) -}}
{{- range $j, $other := $b -}}
{{- $replaced := add (index $row $j) (ternary 0 1 (eq $letter $other)) -}}
{{- $removed := add1 (index $row (add1 $j | int)) -}}
{{- $added := add1 (last $next) -}}
{{- $next = append $next (min $replaced $removed $added) -}}
{{- end -}}
{{- $row = $next -}}
{{- end -}}
{{- last $row -}}
{{- end -}}
