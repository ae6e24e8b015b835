# bash completion for qflow; made by: qflow completion bash

# Candidates that only a store knows: KIND. It reads the words as they are written; behind a quote that is open the
# candidates stand as they are.
_qflow_ask() {
  local line word
  while IFS= read -r line; do
    word=${line%%$'\t'*}
    [[ $cur != [\"\']* && $word == *[^a-zA-Z0-9_./=@:+-]* ]] && printf -v word %q "$word"
    COMPREPLY+=("$word")
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete -- "$1" "$cur" "${COMP_WORDS[@]:1:COMP_CWORD-1}" \
    "${COMP_WORDS[@]:COMP_CWORD+1}" 2>/dev/null)
}

_qflow_words() {
  local word
  for word in $1; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}

_qflow_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$cur")
}

_qflow() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} equals="" command="" place=0 i
  COMPREPLY=()
  # "--color=always" is three words here.
  if [[ $cur == "=" ]]; then
    cur=""
    equals="="
    [[ $prev == -* ]] || return
  elif [[ $prev == "=" ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
    equals="="
    [[ $prev == -* ]] || return
  fi
  # How many words behind the command are no options, nor values of them.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case $command:${COMP_WORDS[i]} in
      *:--store | *:--color | deploy:--project | deploy:--branch | disable:--reason | events:--context | events:--since | events:--limit | get:--run | graph:--format | next:--count | next:-n | next:--from | next:--cron | next:--timezone | next:--dst-gap | next:--dst-overlap | publish:--payload | publish:--type | publish:--namespace | publish:--value | publish:--sender | publish:--context | publish:--timestamp | publish:--idempotency-key | publish:--batch | publish:--project | publish:--branch | put:--file | resume:--jobs | run:--trigger | run:--param | run:-p | run:--tag | run:--context | run:--jobs | run:--project | run:--branch | runs:--status | runs:--tag | runs:--context | runs:--since | runs:--limit | runs:--project | runs:--branch | simulate:--from | simulate:--until | simulate:--events | simulate:--runs-take | tick:--at | trigger:--flow-id | trigger:--trigger-id | trigger:--batch-id | trigger:--context | trigger:--correlation | trigger:--param | trigger:-p | trigger:--from | trigger:--until | trigger:--project | trigger:--branch) ((i++)); [[ ${COMP_WORDS[i]} == "=" ]] && ((i++)) ;;
      deploy:--config-value | publish:--config-value | run:--config-value | runs:--config-value | trigger:--config-value) ((i += 2)) ;;
      *:=) ((i++)) ;;
      *:-*) ;;
      :*) command=${COMP_WORDS[i]} ;;
      *) ((place++)) ;;
    esac
  done
  case $command:$prev in
    *:--store) _qflow_paths -d; return ;;
    *:--color) _qflow_words "auto always never"; return ;;
    deploy:--project) return ;;
    deploy:--branch) return ;;
    deploy:--config-value) return ;;
    disable:--reason) return ;;
    events:--context) return ;;
    events:--since) return ;;
    events:--limit) return ;;
    get:--run) _qflow_ask run; return ;;
    graph:--format) _qflow_words "text mermaid dot"; return ;;
    next:--count | next:-n) return ;;
    next:--from) return ;;
    next:--cron) return ;;
    next:--timezone) return ;;
    next:--dst-gap) _qflow_words "shift skip"; return ;;
    next:--dst-overlap) _qflow_words "first last both"; return ;;
    publish:--payload) _qflow_paths -f; return ;;
    publish:--type) return ;;
    publish:--namespace) return ;;
    publish:--value) return ;;
    publish:--sender) return ;;
    publish:--context) return ;;
    publish:--timestamp) return ;;
    publish:--idempotency-key) return ;;
    publish:--batch) _qflow_paths -f; return ;;
    publish:--wait) [[ -n $equals ]] && return ;;
    publish:--project) return ;;
    publish:--branch) return ;;
    publish:--config-value) return ;;
    put:--file) _qflow_paths -f; return ;;
    resume:--jobs) return ;;
    run:--trigger) _qflow_ask source; return ;;
    run:--param | run:-p) compopt -o nospace 2>/dev/null; _qflow_ask parameter; return ;;
    run:--tag) _qflow_ask tag; return ;;
    run:--context) return ;;
    run:--jobs) return ;;
    run:--project) return ;;
    run:--branch) return ;;
    run:--config-value) return ;;
    runs:--status) _qflow_words "queued running succeeded failed cancelled crashed"; return ;;
    runs:--tag) _qflow_ask tag; return ;;
    runs:--context) return ;;
    runs:--since) return ;;
    runs:--limit) return ;;
    runs:--project) return ;;
    runs:--branch) return ;;
    runs:--config-value) return ;;
    simulate:--from) return ;;
    simulate:--until) return ;;
    simulate:--events) _qflow_paths -f; return ;;
    simulate:--runs-take) return ;;
    tick:--wait) [[ -n $equals ]] && return ;;
    tick:--at) return ;;
    trigger:--flow-id) _qflow_ask deployed; return ;;
    trigger:--trigger-id) _qflow_ask trigger-id; return ;;
    trigger:--batch-id) return ;;
    trigger:--context) return ;;
    trigger:--correlation) return ;;
    trigger:--param | trigger:-p) compopt -o nospace 2>/dev/null; _qflow_ask parameter; return ;;
    trigger:--from) return ;;
    trigger:--until) return ;;
    trigger:--project) return ;;
    trigger:--branch) return ;;
    trigger:--config-value) return ;;
  esac
  if [[ $cur == -* ]]; then
    _qflow_words "--store --color -q --quiet -v --verbose -h --help --version"
    case $command in
      cancel) _qflow_words "--json" ;;
      check) _qflow_words "--json" ;;
      deploy) _qflow_words "--dry-run --json --project --branch --no-branch --production --no-production --config-value" ;;
      disable) _qflow_words "--reason" ;;
      events) _qflow_words "--context --since --limit --json" ;;
      explain) _qflow_words "--json" ;;
      flows) _qflow_words "--json" ;;
      fsck) _qflow_words "--json" ;;
      gc) _qflow_words "--dry-run --json" ;;
      get) _qflow_words "--run --json" ;;
      graph) _qflow_words "--format --flows" ;;
      inspect) _qflow_words "--trigger-chain --downstream --graph --json" ;;
      logs) _qflow_words "-f --follow --failed --json" ;;
      next) _qflow_words "-n --count --from --cron --timezone --dst-gap --dst-overlap --json" ;;
      publish) _qflow_words "--payload --type --namespace --value --sender --context --timestamp --namespaced --safe --idempotency-key --batch --dispatch --wait --require-match --dry-run --json --project --branch --no-branch --production --no-production --config-value" ;;
      put) _qflow_words "--file" ;;
      resume) _qflow_words "--jobs --fail-fast --json" ;;
      run) _qflow_words "--trigger -p --param --tag --context --jobs --fail-fast --detach --json --project --branch --no-branch --production --no-production --config-value" ;;
      runs) _qflow_words "--status --tag --context --since --limit --json --project --branch --no-branch --production --no-production --config-value" ;;
      sensor) _qflow_words "--json" ;;
      simulate) _qflow_words "--from --until --events --runs-take --json" ;;
      tag) _qflow_words "--json" ;;
      test) _qflow_words "--json" ;;
      tick) _qflow_words "--wait --dry-run --at --json" ;;
      trigger) _qflow_words "--flow-id --trigger-id --batch-id --context --correlation -p --param --from --until --detach --json --project --branch --no-branch --production --no-production --config-value" ;;
      version) _qflow_words "--json" ;;
    esac
    return
  fi
  case $command:$place in
    :*) _qflow_words "cancel check completion deploy disable enable events explain flows fsck gc get graph help init inspect logs man next publish put resume run runs sensor simulate tag test tick trigger undeploy version" ;;
    cancel:0) _qflow_ask run; ;;
    cancel:1) _qflow_ask latest; ;;
    check:*) _qflow_paths -f; ;;
    completion:0) _qflow_words "bash zsh fish"; ;;
    deploy:*) _qflow_paths -f; ;;
    disable:0) _qflow_ask deployed-trigger; ;;
    enable:0) _qflow_ask deployed-trigger; ;;
    events:0) _qflow_ask known-event; ;;
    explain:0) _qflow_ask deployed-trigger; ;;
    graph:*) _qflow_ask recorded-flow; _qflow_paths -f; ;;
    help:0) _qflow_words "cancel check completion deploy disable enable events explain flows fsck gc get graph help init inspect logs man next publish put resume run runs sensor simulate tag test tick trigger undeploy version artifacts config environment exit-status expressions flow-file runs sensors triggers"; ;;
    init:0) _qflow_paths -d; ;;
    inspect:0) _qflow_ask run; ;;
    inspect:1) _qflow_ask latest; ;;
    logs:0) _qflow_ask run; ;;
    logs:1) _qflow_ask latest; ;;
    man:0) _qflow_words "qflow qflow-flow"; ;;
    next:0) _qflow_ask schedule; _qflow_paths -f; ;;
    publish:0) _qflow_ask event; ;;
    resume:0) _qflow_ask run; ;;
    resume:1) _qflow_ask latest-or-step; ;;
    resume:2) _qflow_ask latest-or-step; ;;
    run:0) _qflow_ask recorded-flow; _qflow_paths -f; ;;
    runs:0) _qflow_ask flow; ;;
    sensor:0) _qflow_words "peek reset"; ;;
    sensor:1) _qflow_ask sensor; ;;
    simulate:*) _qflow_paths -f; ;;
    tag:0) _qflow_ask run; ;;
    tag:*) _qflow_ask latest-or-tag; ;;
    test:*) _qflow_paths -f; ;;
    undeploy:0) _qflow_ask deployed; ;;
  esac
}

complete -F _qflow qflow
