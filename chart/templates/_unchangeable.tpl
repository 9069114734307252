{{/*
What Kubernetes lets nobody change in a StatefulSet that exists: its claims, its selector, the order of its Pods. Told in
words before anything is sent, because the API server's words name no value. Empty when nothing is in the way, or when there
is no StatefulSet yet. Takes (list $ live).
*/}}
{{- define "opencompat.unchangeable" -}}
{{- $root := index . 0 -}}
{{- $live := index . 1 -}}
{{- if $live -}}
{{- $changed := list -}}
{{- range $name := list "data" "cache" -}}
{{- $was := dict -}}
{{- range $live.spec.volumeClaimTemplates -}}{{- if eq .metadata.name $name -}}{{- $was = . -}}{{- end -}}{{- end -}}
{{- $willBe := dict -}}
{{- range include "opencompat.volumeClaimTemplates" $root | fromYamlArray -}}{{- if eq .metadata.name $name -}}{{- $willBe = . -}}{{- end -}}{{- end -}}
{{- if ne (include "opencompat.claimInShort" $was) (include "opencompat.claimInShort" $willBe) -}}
{{- $changed = append $changed (printf "persistence.%s" $name) -}}
{{- end -}}
{{- end -}}
{{- if ne $live.spec.podManagementPolicy $root.Values.podManagementPolicy -}}{{- $changed = append $changed "podManagementPolicy" -}}{{- end -}}
{{- if ne (toJson $live.spec.selector.matchLabels) (include "opencompat.selectorLabels" $root | fromYaml | toJson) -}}{{- $changed = append $changed "nameOverride" -}}{{- end -}}
{{- with $changed -}}
{{- $name := include "opencompat.fullname" $root -}}
{{- printf "%s cannot be changed on what is installed: Kubernetes does not let a StatefulSet that exists change it. " (join ", " .) -}}
{{- if eq (dig "persistentVolumeClaimRetentionPolicy" "whenDeleted" "Retain" $live.spec) "Delete" -}}
Its volumes would be deleted with it: upgrade with the values as they were and persistence.retentionPolicy.whenDeleted=Retain first. Then run
{{- else -}}
Delete it, and upgrade again (its Pods end, the volumes stay):
{{- end -}}
{{- printf " kubectl delete statefulset %s --namespace %s" $name $root.Release.Namespace -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What counts of a claim, without what the API server adds; empty for none. */}}
{{- define "opencompat.claimInShort" -}}
{{- if . -}}
{{- $annotations := default dict .metadata.annotations -}}
{{- list .spec.accessModes (dig "storageClassName" "the default" .spec) (include "opencompat.bytes" .spec.resources.requests.storage) $annotations | toJson -}}
{{- end -}}
{{- end -}}

{{/* A quantity as a number: 1Gi and 1024Mi are the same. */}}
{{- define "opencompat.bytes" -}}
{{- $text := toString . -}}
{{- $number := regexFind "^[0-9.]+" $text -}}
{{- $units := dict "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "k" 1000.0 "M" 1000000.0 "G" 1000000000.0 "T" 1000000000000.0 "P" 1000000000000000.0 -}}
{{- $unit := trimPrefix $number $text -}}
{{- if or (eq $unit "") (hasKey $units $unit) -}}{{- mulf (float64 $number) (get $units $unit | default 1.0) -}}{{- else -}}{{- $text -}}{{- end -}}
{{- end -}}
