using ClamBucketFleet.TestKit;
using static ClamBucketFleet.ClamAv.Tests.Truth.Specimen;

namespace ClamBucketFleet.ClamAv.Tests.Truth;

/// <summary>Both engines, real ones, with the same limits, and with the signatures that come with the product.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private readonly TemporaryDirectory _definitions;
    private readonly ClamscanEngine _clamscan;
    private readonly ClamdEngine _clamd;

    private Pair(TemporaryDirectory definitions, ClamdServer server, ClamscanHarness harness)
    {
        (_definitions, Server, Harness) = (definitions, server, harness);
        (_clamd, _clamscan) = (Engines.Clamd(server), harness.Engine());
    }

    public ClamdServer Server { get; }

    public ClamscanHarness Harness { get; }

    public static async Task<Pair> StartAsync(
        LimitSet limits, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var definitions = new TemporaryDirectory();
        Definitions.Write(definitions.Path);
        foreach (var path in Directory.GetFiles(Repository.Combine("packaging"), "*.ldb"))
            File.Copy(path, definitions.Combine(Path.GetFileName(path)));
        var (forClamd, forClamscan) = Lines(limits);
        var server = await ClamdServer.StartAsync(
            new ClamdOptions
            {
                ConfigurationFile = Repository.Combine("packaging", "clamd.conf"),
                DatabaseDirectory = definitions.Path,
                FirstLines = [.. forClamd, .. settings.Select(setting => $"{setting.Name} {setting.Value}")],
            },
            cancellationToken);
        var harness = new ClamscanHarness();
        harness.Script($"exec '{Command.Require("clamscan")}' {forClamscan} \"$@\"");
        return new Pair(definitions, server, harness);
    }

    public Task<TruthRow> RowAsync(Specimen specimen) => RowAsync(specimen.Name, specimen.Expected, specimen.Make(), specimen.Claims);

    public async Task<TruthRow> RowAsync(string name, string expected, byte[] content, long? claims = null)
    {
        var both = await Task.WhenAll(SayAsync(_clamd, content, claims), SayAsync(_clamscan, content, claims));
        return new TruthRow(name, expected, both[0], both[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await Harness.DisposeAsync();
        await Server.DisposeAsync();
        await _definitions.DisposeAsync();
    }

    private static async Task<string> SayAsync(IScanEngine engine, byte[] content, long? claims)
    {
        try
        {
            await using Stream stream = claims is null ? new MemoryStream(content, writable: false) : new Untouchable();
            var verdict = await engine.ScanAsync(stream, claims ?? content.Length, TestContext.Current.CancellationToken);
            return verdict.ReasonWord is { } reason ? $"{verdict.Status} {reason}" : verdict.Status;
        }
        catch (Exception exception) when (exception is TryAgainException or ScannerUnavailableException)
        {
            return NoVerdict;
        }
    }

    private static (string[] Clamd, string Clamscan) Lines(LimitSet limits) => limits switch
    {
        LimitSet.Low => (
            ["MaxFileSize 1M", "MaxScanSize 1M", "MaxFiles 10", "MaxRecursion 6"],
            "--max-filesize=1M --max-scansize=1M --max-files=10 --max-recursion=6"),
        LimitSet.Short => (["MaxScanTime 1000"], "--max-scantime=1000"),
        _ => ([], ""),
    };

    private sealed class Untouchable : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("It was read.");
    }
}
