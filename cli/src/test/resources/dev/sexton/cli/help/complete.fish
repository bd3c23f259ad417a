# Usage: fish complete.fish SCRIPT LINE: prints the candidates for the end of a command line.
source $argv[1]
complete -C $argv[2] | string replace -r '\t.*' ''
exit 0
