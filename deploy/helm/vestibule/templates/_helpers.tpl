{{- define "vestibule.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* What selects the pods of one component: (list $ "server"). */}}
{{- define "vestibule.selector" -}}
app.kubernetes.io/name: vestibule
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "vestibule.labels" -}}
{{ include "vestibule.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end }}

{{- define "vestibule.host" -}}
{{ (urlParse .Values.issuer).host }}
{{- end }}

{{- define "vestibule.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}

{{/* What no pod can do without. */}}
{{- define "vestibule.requireValues" -}}
{{- range $name, $value := dict "issuer" .Values.issuer "secretsFile.secretName" .Values.secretsFile.secretName "database.secretName" .Values.database.secretName }}
{{- if not $value }}{{ fail (printf "%s is needed: see README.md of the chart" $name) }}{{ end }}
{{- end }}
{{- if and .Values.networkPolicy.enabled (or (not .Values.networkPolicy.from) (not .Values.networkPolicy.egress)) }}
{{- fail "networkPolicy.from and networkPolicy.egress are needed, or networkPolicy.enabled=false: see README.md of the chart" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.tlsSecretName) }}{{ fail "ingress.tlsSecretName is needed: production has no clear text" }}{{ end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}{{ fail "httpRoute.parentRefs is needed" }}{{ end }}
{{- end }}

{{/* What every pod is, apart from its containers: (list $ "server" values-of-the-component). */}}
{{- define "vestibule.pod" -}}
{{- $root := index . 0 }}
{{- $own := index . 2 }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  # The group that may read the mounted secrets: docs/decisions/0042-who-may-read-secrets.md.
  fsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
{{- with $own.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $own.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $root.Values.topologyKeys }}
topologySpreadConstraints:
  {{- range . }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "vestibule.selector" (list $root (index $ 1)) | nindent 8 }}
  {{- end }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: { sizeLimit: 256Mi }
  - name: data
    emptyDir: { sizeLimit: 64Mi }
  - name: secrets
    projected:
      defaultMode: 0400
      sources: {{ include "vestibule.secretSources" (list $root (index . 1)) | nindent 8 }}
  {{- with $root.Values.database.caSecretName }}
  - name: database-ca
    secret:
      secretName: {{ . }}
      defaultMode: 0444
      items:
        - key: {{ $root.Values.database.caKey }}
          path: ca.crt
  {{- end }}
  {{- with $root.Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* The owner of the tables is known to the migration alone. */}}
{{- define "vestibule.secretSources" -}}
{{- $root := index . 0 }}
{{- $values := $root.Values }}
- secret:
    name: {{ $values.secretsFile.secretName }}
    items:
      - key: {{ $values.secretsFile.key }}
        path: secrets.json
- secret:
    name: {{ $values.database.secretName }}
    items:
      - key: {{ $values.database.serverUrlKey }}
        path: DATABASE_URL
      {{- if eq (index . 1) "migration" }}
      - key: {{ $values.database.ownerUrlKey }}
        path: VESTIBULE_DATABASE_OWNER_URL
      {{- end }}
{{- range $name, $from := $values.secretSettings }}
- secret:
    name: {{ $from.secretName }}
    items:
      - key: {{ $from.key }}
        path: {{ $name }}
{{- end }}
{{- end }}

{{/* What every container is, apart from its name, command, ports and probes. */}}
{{- define "vestibule.container" -}}
{{- $root := index . 0 }}
image: {{ include "vestibule.image" $root | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources: {{ toYaml (index . 2).resources | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: data
    mountPath: /data
  - name: secrets
    mountPath: /etc/vestibule/secrets
    readOnly: true
  {{- if $root.Values.database.caSecretName }}
  - name: database-ca
    mountPath: /etc/vestibule/database
    readOnly: true
  {{- end }}
  {{- with $root.Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "vestibule.environment" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 }}
- name: NODE_ENV
  value: production
- name: VESTIBULE_ISSUER
  value: {{ $root.Values.issuer | quote }}
- name: VESTIBULE_SECRETS_FILE
  value: /etc/vestibule/secrets/secrets.json
- name: DATABASE_URL_FILE
  value: /etc/vestibule/secrets/DATABASE_URL
{{- if eq $component "migration" }}
- name: VESTIBULE_DATABASE_OWNER_URL_FILE
  value: /etc/vestibule/secrets/VESTIBULE_DATABASE_OWNER_URL
{{- else }}
- name: VESTIBULE_MANAGEMENT_HOST
  value: 0.0.0.0
- name: VESTIBULE_MANAGEMENT_PORT
  value: {{ $root.Values.management.port | quote }}
{{- end }}
{{- if eq $component "server" }}
- name: VESTIBULE_HOST
  value: 0.0.0.0
- name: PORT
  value: "3000"
- name: VESTIBULE_SHUTDOWN_DELAY
  value: {{ $root.Values.server.shutdownDelay | quote }}
- name: VESTIBULE_MESSAGE_WORKERS
  value: {{ ternary "no" "yes" (gt (int $root.Values.worker.replicas) 0) | quote }}
{{- end }}
{{- range $name, $value := $root.Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $from := $root.Values.secretSettings }}
- name: {{ $name }}_FILE
  value: /etc/vestibule/secrets/{{ $name }}
{{- end }}
{{- with $root.Values.telemetry }}
{{ toYaml . }}
{{- end }}
{{- end }}
