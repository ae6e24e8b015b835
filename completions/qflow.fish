# fish completion for qflow; made by: qflow completion fish

# The command on the line, if there is one already.
function __qflow_command
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case --store --color
                set -e words[1]
            case '-*'
            case '*'
                echo $words[1]
                return 0
        end
        set -q words[1]; and set -e words[1]
    end
    return 1
end

function __qflow_in
    test (__qflow_command; or echo -) = $argv[1]
end

# Candidates that only a store knows: KIND.
function __qflow_ask
    set -l words (commandline -opc)
    command $words[1] complete -- $argv[1] (commandline -ct) $words[2..-1] 2>/dev/null
end

complete -c qflow -f
complete -c qflow -l store -x -a '(__fish_complete_directories)' -d 'the store to use, instead of the .qflow found upwards from here'
complete -c qflow -l color -x -a 'auto always never' -d 'colour: auto (on a terminal), always or never'
complete -c qflow -l quiet -s q -d 'no progress, no notes, no output of steps'
complete -c qflow -l verbose -s v -d 'more notes'
complete -c qflow -l help -s h -d 'what the command does, and its options'
complete -c qflow -l version -d 'the version of qflow'
complete -c qflow -n 'not __qflow_command' -a cancel -d 'end a run that waits or is being executed'
complete -c qflow -n 'not __qflow_command' -a check -d 'every problem in flow files, with positions; nothing is run'
complete -c qflow -n 'not __qflow_command' -a completion -d 'the completion script of a shell'
complete -c qflow -n 'not __qflow_command' -a fsck -d 'check the whole store, and mend what can be mended'
complete -c qflow -n 'not __qflow_command' -a gc -d 'remove what the store need not keep'
complete -c qflow -n 'not __qflow_command' -a get -d 'print a value: of an artifact, a parameter, the trigger'
complete -c qflow -n 'not __qflow_command' -a graph -d 'draw the steps of a flow, or flows and what starts them'
complete -c qflow -n 'not __qflow_command' -a help -d 'all commands and topics, or one of them'
complete -c qflow -n 'not __qflow_command' -a init -d 'write a commented example flow, and make a store'
complete -c qflow -n 'not __qflow_command' -a inspect -d 'one run: steps, parameters, artifacts, trigger, chain; or one event'
complete -c qflow -n 'not __qflow_command' -a logs -d 'what the steps of a run printed'
complete -c qflow -n 'not __qflow_command' -a man -d 'a page of the manual, as roff'
complete -c qflow -n 'not __qflow_command' -a put -d 'leave an artifact, inside a step'
complete -c qflow -n 'not __qflow_command' -a resume -d 'go on with a run that failed, was cancelled or crashed'
complete -c qflow -n 'not __qflow_command' -a run -d 'run a flow now, as a local run'
complete -c qflow -n 'not __qflow_command' -a runs -d 'list runs, the newest first'
complete -c qflow -n 'not __qflow_command' -a tag -d 'add tags to a run'
complete -c qflow -n 'not __qflow_command' -a version -d 'the version of qflow'
complete -c qflow -n '__qflow_in cancel' -l json -d 'as one JSON object'
complete -c qflow -n '__qflow_in cancel' -a '(__qflow_ask run)'
complete -c qflow -n '__qflow_in check' -l json -d 'one JSON object per problem'
complete -c qflow -n '__qflow_in check' -F
complete -c qflow -n '__qflow_in completion' -a 'bash zsh fish'
complete -c qflow -n '__qflow_in fsck' -l json -d 'one JSON object per problem and line'
complete -c qflow -n '__qflow_in gc' -l dry-run -d 'say what would be removed; remove nothing'
complete -c qflow -n '__qflow_in gc' -l json -d 'as one JSON object'
complete -c qflow -n '__qflow_in get' -l run -x -a '(__qflow_ask run)' -d 'read this run, which has ended (Flow/latest: the newest that has)'
complete -c qflow -n '__qflow_in get' -l json -d 'always JSON, text too'
complete -c qflow -n '__qflow_in graph' -l format -x -a 'text mermaid dot' -d 'text (default), mermaid or dot'
complete -c qflow -n '__qflow_in graph' -l flows -d 'the flows and what starts them, instead of the steps of one'
complete -c qflow -n '__qflow_in graph' -F -a '(__qflow_ask flow)'
complete -c qflow -n '__qflow_in help' -a 'cancel check completion fsck gc get graph help init inspect logs man put resume run runs tag version artifacts environment exit-status expressions flow-file runs triggers'
complete -c qflow -n '__qflow_in init' -a '(__fish_complete_directories)'
complete -c qflow -n '__qflow_in inspect' -l trigger-chain -d 'what led to the run: its triggering runs and events, theirs, and so on'
complete -c qflow -n '__qflow_in inspect' -l downstream -d 'what the run started, directly or not'
complete -c qflow -n '__qflow_in inspect' -l graph -d 'the steps as a tree, with their statuses'
complete -c qflow -n '__qflow_in inspect' -l json -d 'as one JSON object'
complete -c qflow -n '__qflow_in inspect' -a '(__qflow_ask run)'
complete -c qflow -n '__qflow_in logs' -l follow -s f -d 'go on until the run has ended'
complete -c qflow -n '__qflow_in logs' -l failed -d 'failed attempts only'
complete -c qflow -n '__qflow_in logs' -l json -d 'one JSON object per line'
complete -c qflow -n '__qflow_in logs' -a '(__qflow_ask run)'
complete -c qflow -n '__qflow_in man' -a 'qflow qflow-flow'
complete -c qflow -n '__qflow_in put' -l file -r -F -d 'a file or folder instead of a value'
complete -c qflow -n '__qflow_in resume' -l jobs -x -d 'tasks at once (default: the flow\'s, else the number of processors)'
complete -c qflow -n '__qflow_in resume' -l fail-fast -d 'end running steps when one has failed'
complete -c qflow -n '__qflow_in resume' -l json -d 'the result as JSON; what steps print goes to standard error'
complete -c qflow -n '__qflow_in resume' -a '(__qflow_ask run)'
complete -c qflow -n '__qflow_in run' -l trigger -x -a '(__qflow_ask run)' -d 'as if X had triggered it: a run, an event by name, JSON, @FILE or id (qflow help runs)'
complete -c qflow -n '__qflow_in run' -l param -s p -x -a '(__qflow_ask parameter)' -d 'the value of a parameter; wins over what a trigger sets'
complete -c qflow -n '__qflow_in run' -l tag -x -a '(__qflow_ask tag)' -d 'a tag of the run'
complete -c qflow -n '__qflow_in run' -l context -x -d 'the context of the run'
complete -c qflow -n '__qflow_in run' -l jobs -x -d 'tasks at once (default: the flow\'s, else the number of processors)'
complete -c qflow -n '__qflow_in run' -l fail-fast -d 'end running steps when one has failed'
complete -c qflow -n '__qflow_in run' -l detach -d 'run in a process of its own; print the run\'s id and return'
complete -c qflow -n '__qflow_in run' -l json -d 'the result as JSON; what steps print goes to standard error'
complete -c qflow -n '__qflow_in run' -F
complete -c qflow -n '__qflow_in runs' -l status -x -a 'queued running succeeded failed cancelled crashed' -d 'queued, running, succeeded, failed, cancelled or crashed'
complete -c qflow -n '__qflow_in runs' -l tag -x -a '(__qflow_ask tag)' -d 'runs with this tag'
complete -c qflow -n '__qflow_in runs' -l context -x -d 'runs with this context'
complete -c qflow -n '__qflow_in runs' -l since -x -d 'runs made since then: an instant, or a duration such as 2h'
complete -c qflow -n '__qflow_in runs' -l limit -x -d 'so many, the newest (on a terminal 20)'
complete -c qflow -n '__qflow_in runs' -l json -d 'one JSON object per run'
complete -c qflow -n '__qflow_in runs' -a '(__qflow_ask flow)'
complete -c qflow -n '__qflow_in tag' -l json -d 'as one JSON object'
complete -c qflow -n '__qflow_in tag' -a '(__qflow_ask run)'
complete -c qflow -n '__qflow_in tag' -a '(__qflow_ask tag)'
complete -c qflow -n '__qflow_in version' -l json -d 'as one JSON object'
