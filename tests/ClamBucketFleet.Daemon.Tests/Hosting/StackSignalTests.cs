using System.Net;
using System.Text.Json;
using ClamBucketFleet.Daemon.Hosting;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Hosting;

public sealed class StackSignalTests : IAsyncDisposable
{
    private const int Limit = 30_000;
    private const string Query = "arn%3Aaws%3Acloudformation%2Fstack?AWSAccessKeyId=A&Expires=1&Signature=a%2Bb%3D%7E";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly List<LoopbackRequest> _requests = [];
    private readonly CancellationTokenSource _started = new();
    private readonly CancellationTokenSource _end = new();
    private readonly LoopbackServer _server;
    private HttpStatusCode _answer = HttpStatusCode.OK;

    public StackSignalTests()
    {
        _server = new LoopbackServer(request =>
        {
            lock (_requests) _requests.Add(request);
            return (_answer, "");
        });
        Write($"{_server.Endpoint}{Query}");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Count
    {
        get
        {
            lock (_requests) return _requests.Count;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task A_start_is_told_with_nothing_that_would_break_the_signature()
    {
        using var signal = Find().ShouldNotBeNull();
        var watching = Watch(signal, "3 in work");
        await _started.CancelAsync();
        await watching;

        var request = _requests.ShouldHaveSingleItem();
        (request.Method, request.Url).ShouldBe(("PUT", $"/{Query}"));
        request.Header("Content-Type").ShouldBeNull();
        request.Header("Transfer-Encoding").ShouldBeNull();
        using var body = JsonDocument.Parse(request.Body);
        Text(body, "Status").ShouldBe("SUCCESS");
        Text(body, "Reason").ShouldBe("Ready: 3 in work");
        Text(body, "UniqueId").ShouldNotBeEmpty();
        Text(body, "Data").ShouldStartWith("clambucketfleet ");
        Find().ShouldBeNull();
    }

    [Fact(Timeout = Limit)]
    public async Task A_start_that_takes_too_long_is_told_with_what_it_waits_for()
    {
        using var signal = Find().ShouldNotBeNull();
        var watching = Watch(signal, $"Waiting for clamd: {new string('x', 300)}");
        await Eventually.UntilAsync(() => _clock.WaitingTimers == 1, Soon, Cancellation);
        _clock.Advance(StackSignal.Limit - TimeSpan.FromTicks(1));
        Count.ShouldBe(0);
        _clock.Advance(TimeSpan.FromTicks(1));
        await watching;

        using var body = JsonDocument.Parse(_requests.ShouldHaveSingleItem().Body);
        Text(body, "Status").ShouldBe("FAILURE");
        Text(body, "Reason").ShouldStartWith("Not ready 12m after its boot. Waiting for clamd: xxx");
        Text(body, "Reason").Length.ShouldBe(250);
    }

    [Fact(Timeout = Limit)]
    public async Task A_start_anew_gets_a_minute_however_long_the_boot_is_ago()
    {
        File.SetLastWriteTimeUtc(_directory.Combine("stack-signal"), (_clock.GetUtcNow() - TimeSpan.FromDays(1)).UtcDateTime);
        using var signal = Find().ShouldNotBeNull();
        var watching = Watch(signal, "");
        await Eventually.UntilAsync(() => _clock.WaitingTimers == 1, Soon, Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(59));
        watching.IsCompleted.ShouldBeFalse();

        await _started.CancelAsync();
        await watching;
        Text(JsonDocument.Parse(_requests.ShouldHaveSingleItem().Body), "Status").ShouldBe("SUCCESS");
    }

    [Fact(Timeout = Limit)]
    public async Task A_stack_whose_creation_is_over_is_told_nothing_any_more()
    {
        _answer = HttpStatusCode.Forbidden;
        using var signal = Find().ShouldNotBeNull();
        await signal.FailAsync("no", Cancellation);

        Count.ShouldBe(1);
        Find().ShouldBeNull();
    }

    [Fact(Timeout = Limit)]
    public async Task A_stack_that_cannot_be_told_is_told_again_some_times_and_at_the_next_start()
    {
        _answer = HttpStatusCode.ServiceUnavailable;
        using var signal = Find().ShouldNotBeNull();
        var failing = signal.FailAsync("no", Cancellation);
        for (var tries = 1; tries < 5; tries++)
        {
            await Eventually.UntilAsync(() => Count == tries && _clock.WaitingTimers == 1, Soon, Cancellation);
            _clock.Advance(TimeSpan.FromSeconds(8));
        }

        await failing;
        Count.ShouldBe(5);
        Find().ShouldNotBeNull().Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Another_stack_is_told_by_a_machine_that_has_told_one()
    {
        using var signal = Find().ShouldNotBeNull();
        await signal.FailAsync("no", Cancellation);
        Write($"{_server.Endpoint}another");
        Find().ShouldNotBeNull().Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a URL")]
    [InlineData("file:///etc/passwd")]
    public void What_is_no_URL_is_told_nothing(string text)
    {
        Write(text);
        Find().ShouldBeNull();
    }

    [Fact]
    public void A_machine_without_a_stack_has_none_to_tell()
    {
        File.Delete(_directory.Combine("stack-signal"));
        Find().ShouldBeNull();
    }

    private void Write(string text)
    {
        File.WriteAllText(_directory.Combine("stack-signal"), $"{text}\n");
        File.SetLastWriteTimeUtc(_directory.Combine("stack-signal"), _clock.GetUtcNow().UtcDateTime);
    }

    private StackSignal? Find() => StackSignal.Find(_directory.Path, _directory.Path, NullLogger.Instance, _clock);

    private Task Watch(StackSignal signal, string state) => signal.WatchAsync(() => state, _started.Token, _end.Token);

    private static string Text(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetString()!;
}
