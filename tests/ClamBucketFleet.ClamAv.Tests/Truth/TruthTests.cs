using System.Text;
using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Truth;

/// <summary>What is said of hostile inputs, by real engines. docs/truth.md is what the run gives.</summary>
public sealed class TruthTests(ITestOutputHelper output)
{
    private const string Head = """
        # What is said of hostile inputs

        Made by `make truth` with a real clamd and a real clamscan. The limits of the first lines are lowered on purpose, and
        the scan time of some; all else runs with `packaging/clamd.conf` and the options that clamscan is given, and with the
        signatures in `packaging/`. No input that holds a virus is CLEAN unless the virus cannot be taken out of it whole, and
        none that is merely unscannable is INFECTED.

        | input | expected | clamd | clamscan |
        | --- | --- | --- | --- |

        """;

    private static string Committed => Repository.Combine("docs", "truth.md");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 600_000)]
    public async Task Both_engines_say_what_they_must_and_the_table_in_the_documentation_says_so_too()
    {
        var rows = new List<TruthRow>();
        foreach (var group in Specimens.All.GroupBy(specimen => specimen.Limits))
        {
            await using var pair = await Pair.StartAsync(group.Key, Token);
            // Together, so that clamscan takes them in few invocations.
            foreach (var some in group.Chunk(24))
                rows.AddRange(await Task.WhenAll(some.Select(pair.RowAsync)));
        }

        rows.AddRange(await Scenes.RunAsync(Token));
        var table = Head + string.Concat(rows.Select(row => row + "\n"));
        output.WriteLine(table);
        if (Environment.GetEnvironmentVariable("CLAMBUCKETFLEET_WRITE_TRUTH") is not null)
            await File.WriteAllTextAsync(Committed, table, Token);
        rows.Where(row => !row.IsRight).ShouldBeEmpty();
        rows.Count.ShouldBeGreaterThan(40);
        Comparable(table).ShouldBe(Comparable(await File.ReadAllTextAsync(Committed, Token)), "run: make truth");
    }

    // What only root can make is left out where somebody else runs the tests.
    private static string Comparable(string table)
    {
        var text = new StringBuilder();
        foreach (var line in table.Split('\n'))
        {
            if (Environment.IsPrivilegedProcess || !line.StartsWith(Scenes.NeedRoot, StringComparison.Ordinal))
                text.Append(line).Append('\n');
        }

        return text.ToString();
    }
}
