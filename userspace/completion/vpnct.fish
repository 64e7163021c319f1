# SPDX-License-Identifier: GPL-2.0-only
#
# fish completion for vpnct(8), which knows itself what may stand where.

function __vpnct_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (vpnct --complete $words[2..-1] 2>/dev/null)
        if test "$line" = :file
            __fish_complete_path (commandline -ct)
        else
            printf '%s\n' $line
        end
    end
end

complete -c vpnct -f -a '(__vpnct_complete)'
