using System.Text;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class SelfTestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task An_engine_that_finds_nothing_fails_and_hears_about_the_definitions()
    {
        await using var clamd = FakeClamd.Answering("stream: OK\0"u8.ToArray());
        (await Should.ThrowAsync<ScannerUnavailableException>(SelfTest.RunAsync(Engine(clamd), Token)))
            .Message.ShouldContain("definitions");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_clamd_that_has_lost_its_signature_of_EICAR_is_wrong_and_not_only_away(bool confirmClean)
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        await clamd.StopAsync();
        foreach (var database in Directory.GetFiles(clamd.DatabaseDirectory))
            File.Delete(database);
        Definitions.WriteSignature(clamd.DatabaseDirectory, "Something-Else", "something else"u8);
        await clamd.RestartAsync(Token);

        await Should.ThrowAsync<EngineWrongException>(SelfTest.RunAsync(Engines.Clamd(clamd, confirmClean: confirmClean), Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clamd_that_hides_its_limits_is_wrong_and_not_only_away()
    {
        await using var clamd = await ClamdServer.StartAsync(
            new ClamdOptions { Settings = new Dictionary<string, string> { ["AlertExceedsMax"] = "no" } }, Token);

        await Should.ThrowAsync<EngineWrongException>(SelfTest.RunAsync(Engines.Clamd(clamd), Token));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_engine_that_finds_everything_fails()
    {
        await using var clamd = FakeClamd.Answering("stream: Anything FOUND\0"u8.ToArray());
        (await Should.ThrowAsync<ScannerUnavailableException>(SelfTest.RunAsync(Engine(clamd), Token)))
            .Message.ShouldContain("harmless");
    }

    [Fact(Timeout = 30_000)]
    public async Task An_engine_that_does_not_unpack_fails_and_hears_about_the_temporary_directory()
    {
        await using var clamd = new FakeClamd(async (stream, cancellationToken) =>
        {
            var raw = await FakeClamd.ReadContentAsync(stream, cancellationToken) == EicarFile.Bytes().Length;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"stream: {(raw ? "Eicar FOUND" : "OK")}\0"), cancellationToken);
        });
        (await Should.ThrowAsync<ScannerUnavailableException>(SelfTest.RunAsync(Engine(clamd), Token)))
            .Message.ShouldContain("temporary directory");
    }

    [Fact(Timeout = 30_000)]
    public async Task An_engine_that_gives_no_answer_fails()
    {
        await using var clamd = FakeClamd.Answering("Can't create temporary file ERROR\0"u8.ToArray());
        (await Should.ThrowAsync<ScannerUnavailableException>(SelfTest.RunAsync(Engine(clamd), Token)))
            .Message.ShouldContain("Can't create temporary file");
    }

    private static ClamdEngine Engine(FakeClamd clamd) => new(
        new ClamdClient(
            ClamdAddress.Parse(clamd.Address), ClamdTimeouts.For(TimeSpan.FromSeconds(10)), TimeProvider.System),
        confirmClean: false,
        Engines.Reader("/nowhere"),
        TimeProvider.System,
        NullLogger<ClamdEngine>.Instance);
}
