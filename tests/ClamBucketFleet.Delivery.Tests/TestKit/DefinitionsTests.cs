using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.TestKit;

public sealed class DefinitionsTests
{
    [Fact(Timeout = 60_000)]
    public async Task Every_file_of_clamav_testfiles_is_found_by_clamscan()
    {
        using var definitions = new TemporaryDirectory();
        Definitions.Write(definitions.Path);

        var scan = await ClamscanAsync(definitions.Path, Definitions.TestFiles);

        scan.ExitCode.ShouldBe(1, scan.Error);
        Lines(scan).ShouldBe(TestFiles().Select(file => $"{file}: {Definitions.TestFileSignature} FOUND"), ignoreOrder: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_file_of_clamav_testfiles_is_found_by_clamd()
    {
        await using var clamd = await ClamdServer.StartAsync(TestContext.Current.CancellationToken);
        TestFiles().ShouldNotBeEmpty();

        foreach (var file in TestFiles())
        {
            var reply = await clamd.CommandAsync($"SCAN {file}", TestContext.Current.CancellationToken);
            reply.ShouldBe($"{file}: {Definitions.TestFileSignature} FOUND");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Eicar_is_found_raw_in_a_zip_and_in_a_zip_within_a_zip_and_nothing_is_found_in_an_innocent_file()
    {
        using var definitions = new TemporaryDirectory();
        using var files = new TemporaryDirectory();
        Definitions.Write(definitions.Path);
        string[] infected =
        [
            files.Write("raw", Eicar.Bytes),
            files.Write("one.zip", Eicar.Zip),
            files.Write("two.zip", Eicar.NestedZip),
            files.Write("late", [.. new byte[5_000_000], .. Eicar.Bytes]),
        ];
        var innocent = files.Write("innocent", "nothing here"u8);

        var scan = await ClamscanAsync(definitions.Path, files.Path);

        Lines(scan).ShouldBe(
            [.. infected.Select(file => $"{file}: {Eicar.Signature} FOUND"), $"{innocent}: OK"],
            ignoreOrder: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_encrypted_zip_is_reported_as_encrypted_by_clamd()
    {
        await using var clamd = await ClamdServer.StartAsync(TestContext.Current.CancellationToken);
        using var files = new TemporaryDirectory();
        var file = files.Write("secret.zip", Archive.EncryptedZip("eicar.com", Eicar.Bytes));

        var reply = await clamd.CommandAsync($"SCAN {file}", TestContext.Current.CancellationToken);

        reply.ShouldBe($"{file}: Heuristics.Encrypted.Zip FOUND");
    }

    [Fact]
    public void No_built_assembly_holds_the_Eicar_text()
    {
        Eicar.Bytes.Length.ShouldBe(68);
        foreach (var assembly in Directory.EnumerateFiles(AppContext.BaseDirectory, "ClamBucketFleet.*.dll"))
        {
            File.ReadAllBytes(assembly).AsSpan().IndexOf(Eicar.Bytes).ShouldBe(-1, assembly);
        }
    }

    private static Task<CommandResult> ClamscanAsync(string definitions, string path)
        => new Command(
            Command.Require("clamscan"),
            "--recursive", "--no-summary", "--stdout", "--alert-exceeds-max=yes", $"--database={definitions}", path)
            .RunAsync(TestContext.Current.CancellationToken);

    private static string[] Lines(CommandResult scan) => scan.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] TestFiles() => Directory.GetFiles(Definitions.TestFiles, "clam*");
}
