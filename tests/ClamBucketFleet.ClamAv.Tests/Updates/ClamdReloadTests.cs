using System.Net;
using System.Net.Sockets;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>Who is told to reload, and who is not there.</summary>
public sealed class ClamdReloadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Where_there_is_no_socket_or_nobody_listens_nothing_is_told()
    {
        (await RunAsync(_directory.Combine("none.sock"))).ShouldBe(ReloadOutcome.NoClamd);
        (await RunAsync($"tcp://127.0.0.1:{FreePort.Find()}")).ShouldBe(ReloadOutcome.NoClamd);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_clamd_that_takes_a_connection_and_says_nothing_is_no_absence()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var failure = await Should.ThrowAsync<ScannerUnavailableException>(RunAsync($"tcp://{silent.LocalEndpoint}"));
        failure.Message.ShouldContain("did not answer within 0.2 s");
    }

    private Task<ReloadOutcome> RunAsync(string address)
    {
        var timeouts = new ClamdTimeouts(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
        var client = new ClamdClient(ClamdAddress.Parse(address), timeouts, TimeProvider.System);
        var engine = new ClamdEngine(
            client, false, Engines.Reader(_directory.Path), TimeProvider.System, NullLogger<ClamdEngine>.Instance);
        return new ClamdReload(client, engine, _directory.Path, TimeProvider.System, NullLogger.Instance)
            .RunAsync("set", TestContext.Current.CancellationToken);
    }
}
