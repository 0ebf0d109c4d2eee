# Completion of kpistream's commands and of the options that each tells by --help.
_kpistream() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=$(kpistream --help 2>/dev/null | sed -n '/^Subcommands:/,$s/^  \([a-z][a-z-]*\) .*/\1/p')
  else
    words=$(kpistream "$command" --help 2>/dev/null | grep -oE -- '--[a-z][a-z.-]*' | sort -u)
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _kpistream kpistream
