# A link of a chain: writes its PID, and starts the rest as its child. The last link ignores SIGTERM.
echo $$ >>"$CHAIN"
if [ $# -gt 0 ]; then
  "$@"
  exit
fi
trap '' TERM
while :; do
  sleep 1
done
