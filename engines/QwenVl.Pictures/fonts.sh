#!/usr/bin/env bash
# Fetches the fonts that fonts.tsv lists from Debian packages, without root, into a folder (default artifacts/fonts).
# Chinese fonts are cut down to the characters that signs use, so that the folder stays small enough to carry around.
# Needs apt-get, dpkg-deb and python3 of a Debian system (bookworm: the versions the pictures were drawn with).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../artifacts/fonts}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mapfile -t packages < <(tail -n +2 "$here/Fonts/fonts.tsv" | cut -f5 | sort -u)
apt-get download "${packages[@]}" python3-fonttools 2>"$work/apt.log" >&2 || {
  cat "$work/apt.log" >&2
  echo "A package could not be downloaded: run 'apt-get update' first, or check the names in Fonts/fonts.tsv." >&2
  exit 1
}
for package in *.deb; do dpkg-deb -x "$package" x; done

# Every character of the word list, ASCII, German letters and typographic blanks.
{ tail -n +2 "$here/Words/sign-words.tsv"; printf '%s' 'äöüÄÖÜßéÉ'; for c in $(seq 32 126); do printf "\\x$(printf %x "$c")"; done; } >characters.txt

while IFS=$'\t' read -r file _ _ script package; do
  found=$(find x -name "$file" -print -quit)
  if [ -z "$found" ]; then
    echo "$file is not in package $package: this Debian release ships other files than fonts.tsv names." >&2
    exit 1
  fi
  number=0
  # The regional fonts of a Noto collection are in the order JP, KR, SC, TC, HK; the others begin with mainland shapes.
  case $file in Noto*CJK*) number=2 ;; esac
  if [ "$script" = chinese ]; then
    PYTHONPATH=x/usr/lib/python3/dist-packages python3 -m fontTools.subset "$found" --font-number="$number" \
      --text-file=characters.txt --output-file="$out/$file" --no-hinting --layout-features='' --name-IDs='*' --notdef-outline
  else
    cp "$found" "$out/$file"
  fi
  chmod 644 "$out/$file"
done < <(tail -n +2 "$here/Fonts/fonts.tsv")
echo "$(find "$out" -type f | wc -l) fonts in $out, $(du -sh "$out" | cut -f1)"
