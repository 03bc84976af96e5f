using ClamBucketFleet.TestKit;
using static ClamBucketFleet.ClamAv.Tests.Truth.Specimen;

namespace ClamBucketFleet.ClamAv.Tests.Truth;

/// <summary>What is said when something has happened to both engines.</summary>
internal static class Scenes
{
    /// <summary>The first words of every line that only root can make.</summary>
    public const string NeedRoot = "| temporary directory ";

    public static async Task<IEnumerable<TruthRow>> RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<TruthRow>();
        rows.AddRange(await BrokenDefinitionsAsync("yes", Found, cancellationToken));
        rows.AddRange(await BrokenDefinitionsAsync("no", NoVerdict, cancellationToken));
        if (!Environment.IsPrivilegedProcess)
            return rows;

        rows.AddRange(await TemporaryAsync("gone", null, "rm -rf \"$tmp\"", cancellationToken));
        rows.AddRange(await TemporaryAsync("full", "size=64k", "head -c 100000 /dev/zero > \"$tmp/filler\" 2>/dev/null", cancellationToken));
        rows.AddRange(await TemporaryAsync("read-only", "size=64k", "mount -o remount,ro \"$tmp\"", cancellationToken));
        rows.AddRange(await TemporaryAsync("out of inodes", "nr_inodes=2", "touch \"$tmp/filler\"", cancellationToken));
        rows.AddRange(await TemporaryAsync("with one inode left", "nr_inodes=2", "true", cancellationToken));
        return rows;
    }

    // clamd keeps what it had, or nothing; clamscan loads anew each time.
    private static async Task<IEnumerable<TruthRow>> BrokenDefinitionsAsync(
        string concurrent, string clamd, CancellationToken cancellationToken)
    {
        await using var pair = await Pair.StartAsync(LimitSet.Own, cancellationToken, ("ConcurrentDatabaseReload", concurrent));
        foreach (var directory in new[] { pair.Server.DatabaseDirectory, pair.Harness.Database })
            await File.WriteAllTextAsync(Path.Combine(directory, "broken.ndb"), "nonsense:::", cancellationToken);
        await pair.Server.CommandAsync("RELOAD", cancellationToken);
        if (clamd == NoVerdict)
        {
            await Eventually.UntilAsync(
                async _ => (await pair.RowAsync("", "", Eicar.Bytes)).Clamd == NoVerdict, TimeSpan.FromSeconds(20), cancellationToken);
        }

        var name = $"broken definitions, ConcurrentDatabaseReload {concurrent}";
        return [await pair.RowAsync($"{name}: EICAR", $"{clamd} / {NoVerdict}", Eicar.Bytes)];
    }

    private static async Task<IEnumerable<TruthRow>> TemporaryAsync(
        string state, string? limit, string trouble, CancellationToken cancellationToken)
    {
        await using var pair = await Pair.StartAsync(LimitSet.Own, cancellationToken);
        var mount = limit is null ? "" : $"mount -t tmpfs -o {limit} tmpfs \"$tmp\" &&";
        // In a mount namespace of its own, so that nothing is left mounted.
        pair.Harness.Script($$"""
            for i in "$@"; do case $i in --tempdir=*) tmp=${i#*=};; esac; done
            if [ -z "$inside" ]; then inside=1 exec unshare --mount "$0" "$@"; fi
            {{mount}} {{trouble}}
            """);
        await using var small = limit is null ? null : await Mount.TmpfsAsync(pair.Server.TemporaryDirectory, limit, cancellationToken);
        await new Command(Command.Require("bash"), "-c", trouble)
        {
            Environment = new Dictionary<string, string?> { ["tmp"] = pair.Server.TemporaryDirectory },
        }.RunAsync(cancellationToken);
        return
        [
            await pair.RowAsync($"temporary directory {state}: EICAR in a zip", NoVerdict, Eicar.Zip),
            await pair.RowAsync($"temporary directory {state}: something harmless", NoVerdict, Contents.Harmless()),
        ];
    }
}
