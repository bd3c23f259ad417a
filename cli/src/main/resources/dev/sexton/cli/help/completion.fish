# Completes command lines of sexton in fish. Printed by "sexton completion fish".

# Prints the command before the cursor, the number of its operands, and the index of the first one.
function __sexton_words
    set -l command ''
    set -l operands 0
    set -l first 0
    set -l is_value no
    set -l index 1
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        set index (math $index + 1)
        if test $is_value = yes
            set is_value no
            continue
        end
        if test $operands -gt 0
            set operands (math $operands + 1)
            continue
        end
        switch "$command:$word"
            case @with_value@
                set is_value yes
            case '*:-*'
            case ':*'
                set command $word
            case '*'
                set operands 1
                set first $index
        end
    end
    printf '%s\n' "$command" $operands $first
end

# Tests whether the cursor is behind this command, before any operand.
function __sexton_in
    set -l words (__sexton_words)
    test "$words[1]" = "$argv[1]" -a $words[2] -eq 0
end

# Tests whether the cursor is behind this command.
function __sexton_behind
    set -l words (__sexton_words)
    test "$words[1]" = "$argv[1]"
end

# Completes a program and its arguments.
function __sexton_program
    set -l words (__sexton_words)
    set -l line
    if test $words[2] -gt 0
        set -l tokens (commandline -opc)
        set line (string escape -- $tokens[$words[3]..-1])
    end
    complete -C (string join ' ' -- $line (commandline -ct))
end

# Prints each instance: its UUID, a tab, and its name.
function __sexton_instances
    set -l program (string replace -r '^~/' "$HOME/" -- (commandline -opc)[1])
    $program list --json 2>/dev/null | sed -n \
        -e '/^  "unclaimed"/q' \
        -e '/^      "instance_id": "/{s/.*: "\(.*\)",$/\1/;h;}' \
        -e '/^      "name": "/{s/.*: "\(.*\)",$/\1/;s/.*\\\\.*//;H;x;s/\n/	/;p;}'
end

# Prints each instance, and the names on their own.
function __sexton_servers
    set -l instances (__sexton_instances)
    printf '%s\n' $instances
    string replace -rf '^[^\t]*\t(.+)$' '$1' -- $instances
end

complete -c sexton -f
@declarations@
