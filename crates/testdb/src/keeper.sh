# Makes a PostgreSQL cluster, says "ready", and keeps it until standard input ends: with the process that asked for it,
# however that dies. Arguments: an empty folder, a port, the folder of the server's programs.
set -e
folder=$1 port=$2 bin=$3
# The server refuses to run as root.
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$folder"
as "$bin/initdb" -D "$folder/data" -A trust -U postgres --no-sync -E UTF8 --locale=C.UTF-8 >"$folder.log" 2>&1
as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c max_connections=400 $4" start >>"$folder.log" 2>&1
echo ready
cat >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
rm -rf "$folder" "$folder.log"
