# Prints the targets whose line has the mark, under the headings that have any. Run by make help.
BEGIN { FS = ":.*" mark }
/^##@/ { heading = substr($0, 5) }
/^[a-z][a-z-]*:/ && index($0, mark) {
  if (heading != "") printf "\n%s\n", heading
  heading = ""
  printf "  make %-18s %s\n", $1, $2
}
