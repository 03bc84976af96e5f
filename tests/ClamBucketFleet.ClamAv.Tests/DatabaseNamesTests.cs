using ClamBucketFleet.TestKit;
using CliWrap;
using CliWrap.Buffered;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class DatabaseNamesTests
{
    private static readonly string[] Extensions =
    [
        "cvd", "cld", "cud", "hdb", "hsb", "hdu", "hsu", "mdb", "msb", "mdu", "msu", "ndb", "ndu", "ldb", "ldu", "sdb", "zmd",
        "rmd", "cdb", "cbc", "crb", "fp", "sfp", "ign", "ign2", "yar", "yara", "ioc", "pdb", "gdb", "wdb", "idb", "ftm",
        "cat", "cfg", "db", "imp", "pwdb", "NDB", "Cvd", "info", "dat", "txt", "sign", "dbx", "conf", "new",
    ];

    public static TheoryData<string> All => [.. Extensions];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(All))]
    public async Task The_real_clamscan_looks_at_what_is_named_as_a_database_and_at_nothing_else(string extension)
    {
        using var directory = new TemporaryDirectory();
        directory.Write($"db/x.{extension}", "no database\n"u8);
        var run = await Cli.Wrap(TestKit.Command.Require("clamscan"))
            .WithArguments(["--database", directory.Combine("db"), directory.Write("object", "x"u8)])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        var isLoaded = !run.StandardError.Contains("No supported database files found", StringComparison.Ordinal);

        DatabaseNames.IsLoaded($"x.{extension}").ShouldBe(isLoaded, run.StandardError);
    }
}
