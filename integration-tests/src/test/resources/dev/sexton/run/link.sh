# A link of a chain: notes its PID, and starts the rest as its child. The last ignores SIGTERM.
echo $$ >>"$CHAIN"
if [ $# -gt 0 ]; then
  "$@"
  exit
fi
trap '' TERM
while :; do
  sleep 1
done
