#!/bin/sh
# Reviews one stack: validates it, plans it, holds it to its policies, and compares it with the plan that the base branch has committed.
# Needs neither token nor network. Arguments and settings come in variables and are only ever used quoted:
#   STACK     file of the stack, relative to the working directory (the branch under review)
#   BASE      folder with a checkout of the base branch
#   OUT       folder for what is written: comment.md, plan/, policy.$VERDICTS; made where it does not exist
#   VERDICTS  form of the policies' verdicts: sarif (code scanning) or junit; default sarif
#   PLIMSOLL  command that runs plimsoll; default the one of node_modules
# Exit code: that of the first step that failed (3 policy violated, 4 no plan possible). comment.md is there in any case.
set -u
: "${STACK:?file of the stack}" "${BASE:?checkout of the base branch}" "${OUT:?folder to write to}"
PLIMSOLL="${PLIMSOLL:-npx --no-install plimsoll}"
VERDICTS="${VERDICTS:-sarif}"
mkdir -p "$OUT" || exit 1

# The marker is the file of the stack: it is known even where the stack does not load.
fail() {
  status=$1
  $PLIMSOLL diff "$STACK" --allow-missing --output markdown --marker "$STACK" >"$OUT/comment.md"
  exit "$status"
}

$PLIMSOLL validate "$STACK" || fail $?

$PLIMSOLL plan "$STACK" --out "$OUT/plan"
planned=$?
# A plan that breaks a mandatory policy (3) is written all the same, so that it can be reviewed.
[ "$planned" -eq 0 ] || [ "$planned" -eq 3 ] || fail "$planned"

$PLIMSOLL policy check "$OUT/plan" --output "$VERDICTS" >"$OUT/policy.$VERDICTS"

# Names of stacks are words of lower case letters, digits and dashes; anything else would not have been planned.
name=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).stack' "$OUT/plan/plan.json") || exit 1
$PLIMSOLL diff "$BASE/plans/$name" "$OUT/plan" --allow-missing --output markdown --marker "$STACK" \
  >"$OUT/comment.md" || exit 1
exit "$planned"
