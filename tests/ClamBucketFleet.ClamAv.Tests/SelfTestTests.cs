using System.Text;
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
