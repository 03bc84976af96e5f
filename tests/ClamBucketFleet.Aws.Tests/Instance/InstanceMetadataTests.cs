using System.Net;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;
using Metadata = ClamBucketFleet.Aws.Instance.InstanceMetadata;

namespace ClamBucketFleet.Aws.Tests.Instance;

public sealed class InstanceMetadataTests : IAsyncDisposable
{
    private const int Limit = 30_000;

    private readonly InstanceMetadata _instance = new("eu-west-1");
    private readonly ManualTimeProvider _clock = new();
    private readonly LoopbackServer _server;
    private readonly Metadata _metadata;

    public InstanceMetadataTests()
    {
        _server = LoopbackServer.For(_instance);
        _metadata = new Metadata(_server.Endpoint, _clock);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _metadata.Dispose();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_document_is_read_with_a_token_that_is_got_once()
    {
        (await _metadata.ReadAsync("instance-id", Cancellation)).ShouldBe(InstanceMetadata.InstanceId);
        (await _metadata.ReadAsync("placement/region", Cancellation)).ShouldBe("eu-west-1");

        _instance.Requests.ShouldBe(
            ["PUT /latest/api/token", "GET /latest/meta-data/instance-id", "GET /latest/meta-data/placement/region"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_document_that_is_not_there_is_none()
        => (await _metadata.ReadAsync("spot/instance-action", Cancellation)).ShouldBeNull();

    [Fact(Timeout = Limit)]
    public async Task A_token_is_renewed_before_it_ends_and_not_earlier()
    {
        await _metadata.ReadAsync("instance-id", Cancellation);
        _clock.Advance(TimeSpan.FromHours(5.9));
        await _metadata.ReadAsync("instance-id", Cancellation);
        _instance.Tokens.ShouldBe(1);

        _clock.Advance(TimeSpan.FromMinutes(2));
        await _metadata.ReadAsync("instance-id", Cancellation);
        _instance.Tokens.ShouldBe(2);
    }

    [Fact(Timeout = Limit)]
    public async Task A_token_that_is_refused_is_renewed()
    {
        await _metadata.ReadAsync("instance-id", Cancellation);
        _instance.ForgetTokens();

        (await _metadata.ReadAsync("instance-id", Cancellation)).ShouldBe(InstanceMetadata.InstanceId);
        _instance.Tokens.ShouldBe(2);
    }

    [Theory(Timeout = Limit)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task An_answer_that_tells_nothing_is_no_document_and_no_absence_of_one(HttpStatusCode trouble)
    {
        await _metadata.ReadAsync("instance-id", Cancellation);
        _instance.Trouble = trouble;

        var e = await Should.ThrowAsync<ServiceUnreachableException>(_metadata.ReadAsync("spot/instance-action", Cancellation));
        e.Message.ShouldContain($" answered {(int)trouble} when asked for spot/instance-action.");
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_that_is_not_there_has_never_answered()
    {
        using var nobody = new Metadata(new Uri($"http://127.0.0.1:{FreePort.Find()}/"), _clock);
        await Should.ThrowAsync<ServiceUnreachableException>(nobody.ReadAsync("instance-id", Cancellation));
        nobody.HasAnswered.ShouldBeFalse();
    }
}
