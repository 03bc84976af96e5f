# Makes the list of settings in clambucketfleet.json(5) out of the README's table.
function troff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/`/, "", text)
  # [words](target): the words
  while (match(text, /\[[^]]*\]\([^)]*\)/)) {
    link = substr(text, RSTART, RLENGTH)
    sub(/\]\(.*/, "", link)
    text = substr(text, 1, RSTART - 1) substr(link, 2) substr(text, RSTART + RLENGTH)
  }
  gsub(/\*/, "\\(**", text)
  return text
}

/^\| `[A-Za-z]+:[A-Za-z]+` \|/ {
  line = $0
  sub(/^\| /, "", line)
  sub(/ \|$/, "", line)
  split(line, cells, / *\| */)
  print ".It Va " troff(cells[1])
  if (cells[2] != "") print "Default: " troff(cells[2]) "."
  if (cells[3] != "") print ".br\n" troff(cells[3])
}
