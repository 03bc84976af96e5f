using System.Net;
using System.Text.Json;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

/// <summary>What the stack hears of a machine that it has made.</summary>
public sealed class StackSignalTests(MotoFixture moto, ClamdFixture clamd)
{
    private const int Limit = 120_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_ready_daemon_tells_the_stack_once()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var stack = new Stack(scene);
        var daemon = scene.Start([], stack.Environment);
        await daemon.LogsAsync("The stack was told: SUCCESS", Cancellation);
        await daemon.StopsWellAsync(Cancellation);

        var again = scene.Start([], stack.Environment);
        await again.IsReadyAsync(Cancellation);
        await again.StopsWellAsync(Cancellation);
        stack.Signals.ShouldHaveSingleItem().Status.ShouldBe("SUCCESS");
    }

    [Fact(Timeout = Limit)]
    public async Task A_wrong_configuration_is_told_with_its_error()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var stack = new Stack(scene);
        var daemon = scene.Start([], stack.Environment, ("Infected:Action", "shred"));
        (await daemon.Process.WaitForExitAsync(Cancellation)).ShouldBe(78);

        var (status, reason) = stack.Signals.ShouldHaveSingleItem();
        status.ShouldBe("FAILURE");
        reason.ShouldStartWith("Infected:Action is 'shred'");
    }

    [Fact(Timeout = Limit)]
    public async Task A_queue_that_does_not_exist_is_told()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var stack = new Stack(scene);
        var daemon = scene.Start([], stack.Environment, ("Queue:Url", $"{scene.QueueUrl}-not"));
        (await daemon.Process.WaitForExitAsync(Cancellation)).ShouldBe(78);

        var (status, reason) = stack.Signals.ShouldHaveSingleItem();
        status.ShouldBe("FAILURE");
        reason.ShouldContain("-not");
    }

    [Fact(Timeout = Limit)]
    public async Task A_stack_that_takes_no_more_signals_is_no_reason_to_worry()
    {
        await using var scene = await Scene.CreateAsync(moto.Server, clamd.Server, Cancellation);
        await using var stack = new Stack(scene) { Answer = HttpStatusCode.Forbidden };
        var daemon = scene.Start([], stack.Environment);
        await daemon.LogsAsync("The stack takes no more signals (403)", Cancellation);
        await daemon.StopsWellAsync(Cancellation);
        daemon.Warnings.Concat(daemon.Errors).ShouldBeEmpty();
        stack.Signals.Count.ShouldBe(1);
    }

    /// <summary>Where user data leaves the address of the wait condition's handle, and that address.</summary>
    private sealed class Stack : IAsyncDisposable
    {
        private readonly LoopbackServer _server;
        private readonly List<(string Status, string Reason)> _signals = [];

        public Stack(Scene scene)
        {
            _server = new LoopbackServer(request =>
            {
                using var body = JsonDocument.Parse(request.Body);
                lock (_signals)
                    _signals.Add((body.RootElement.GetProperty("Status").GetString()!, body.RootElement.GetProperty("Reason").GetString()!));
                return (Answer, "");
            });
            var directory = Directory.CreateDirectory(scene.PathOf("stack")).FullName;
            File.WriteAllText(Path.Combine(directory, "stack-signal"), $"{_server.Endpoint}handle?Signature=a%2Bb\n");
            Environment = new()
            {
                ["CONFIGURATION_DIRECTORY"] = directory,
                ["STATE_DIRECTORY"] = $"{directory}:{Path.Combine(directory, "spool")}",
            };
        }

        public HttpStatusCode Answer { get; init; } = HttpStatusCode.OK;

        public Dictionary<string, string> Environment { get; }

        public IReadOnlyList<(string Status, string Reason)> Signals
        {
            get
            {
                lock (_signals) return [.. _signals];
            }
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
