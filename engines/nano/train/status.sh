#!/usr/bin/env bash
# Prints how far a run is, after waiting for SECONDS or for its end:   status.sh WORK [SECONDS]
set -euo pipefail
work=$1
for ((second = 0; second < ${2:-0}; second++)); do [ -e "$work/done" ] && break; sleep 1; done
tail -n 30 "$work/trainer.log" 2>/dev/null || echo "the trainer has not started"
grep -h check "$work/out/train.log" 2>/dev/null | tail -n 8 || true
tail -n 2 "$work/generator.log"
if [ -e "$work/done" ]; then echo "ended with code $(cat "$work/done")"; else echo "running"; fi
