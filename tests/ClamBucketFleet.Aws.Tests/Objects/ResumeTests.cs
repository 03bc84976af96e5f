using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Objects;

public sealed class ResumeTests
{
    private const string ETag = "0123456789abcdef0123456789abcdef-7";

    private static readonly byte[] Content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 >> 3))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(null)]
    [InlineData("v1")]
    [InlineData("null")]
    public async Task A_body_that_is_cut_goes_on_where_it_was_by_version_or_etag(string? versionId)
    {
        var requests = 0;
        using var s3 = new FakeS3(request =>
            FakeAnswer.Rest(request, Content, ETag, sent: requests++ < 3 ? 20_000 : null, versionId));

        (await ReadAsync(s3, new ObjectRef("b", "k", versionId, ETag))).ShouldBe(Content);

        s3.Seen.Count.ShouldBe(4);
        foreach (var request in s3.Seen)
        {
            if (versionId != "v1")
                request.ShouldEndWith($"\"{ETag}\"");
            request.Contains($"versionId={versionId}", StringComparison.Ordinal).ShouldBe(versionId is not null);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_etag_that_was_opened_holds_for_the_rest_though_none_was_named()
    {
        var requests = 0;
        using var s3 = new FakeS3(request =>
            FakeAnswer.Rest(request, Content, ETag, sent: requests++ == 0 ? 20_000 : null));

        (await ReadAsync(s3, new ObjectRef("b", "k"))).ShouldBe(Content);
        s3.Seen[1].ShouldEndWith($"\"{ETag}\"");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(412, "PreconditionFailed")]
    [InlineData(404, "NoSuchKey")]
    [InlineData(416, "InvalidRange")]
    public async Task Content_that_changed_in_between_is_never_mixed(int status, string code)
    {
        var requests = 0;
        using var s3 = new FakeS3(request => requests++ == 0
            ? FakeAnswer.Rest(request, Content, ETag, sent: 20_000)
            : FakeAnswer.Error(status, code));

        var failure = await Should.ThrowAsync<TryAgainException>(() => ReadAsync(s3, new ObjectRef("b", "k")));
        failure.Message.ShouldContain("changed while it was read");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_ignores_the_condition_is_found_out_by_the_etag()
    {
        var requests = 0;
        using var s3 = new FakeS3(request => requests++ == 0
            ? FakeAnswer.Rest(request, Content, ETag, sent: 20_000)
            : FakeAnswer.Rest(request, Content, "another"));

        var failure = await Should.ThrowAsync<TryAgainException>(() => ReadAsync(s3, new ObjectRef("b", "k")));
        failure.Message.ShouldContain("changed while it was read");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_body_that_cannot_be_had_whole_never_ends_short()
    {
        var requests = 0;
        using var s3 = new FakeS3(request =>
            FakeAnswer.Rest(request, Content, ETag, sent: requests++ == 0 ? 20_000 : 0));

        var failure = await Should.ThrowAsync<ServiceUnreachableException>(() => ReadAsync(s3, new ObjectRef("b", "k")));
        failure.Message.ShouldContain("of 100000 bytes");
        s3.Seen.Count.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_is_busy_while_the_body_is_resumed_is_asked_again()
    {
        var requests = 0;
        using var s3 = new FakeS3(request => requests++ switch
        {
            0 => FakeAnswer.Rest(request, Content, ETag, sent: 20_000),
            < 4 => FakeAnswer.Error(503, "SlowDown"),
            _ => FakeAnswer.Rest(request, Content, ETag),
        });

        (await ReadAsync(s3, new ObjectRef("b", "k"))).ShouldBe(Content);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_read_that_is_given_up_says_so()
    {
        using var s3 = new FakeS3(request => FakeAnswer.Rest(request, Content, ETag));
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var opened = (OpenResult.Opened)await s3.Store.OpenAsync(new ObjectRef("b", "k"), Cancel);
        await using var content = opened.Content;
        await given.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(
            async () => await content.Body.ReadExactlyAsync(new byte[10], given.Token));
    }

    private static async Task<byte[]> ReadAsync(FakeS3 s3, ObjectRef reference)
    {
        var opened = (await s3.Store.OpenAsync(reference, Cancel)).ShouldBeOfType<OpenResult.Opened>();
        await using var content = opened.Content;
        content.Identity.Size.ShouldBe(Content.Length);
        var bytes = new MemoryStream();
        await content.Body.CopyToAsync(bytes, 4096, Cancel);
        return bytes.ToArray();
    }
}
