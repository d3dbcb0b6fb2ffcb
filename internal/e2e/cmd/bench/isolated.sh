# Runs a command in a network namespace of its own, whose TCP uses reno, or as it is where that is not allowed.
setup='ip link set lo up && sysctl -qw net.ipv4.tcp_congestion_control=reno && exec "$@"'
if unshare -rn sh -c "$setup" bench true 2>/dev/null; then
	exec unshare -rn sh -c "$setup" bench "$@"
fi
echo "no network namespace: measuring with $(cat /proc/sys/net/ipv4/tcp_congestion_control)" >&2
exec "$@"
