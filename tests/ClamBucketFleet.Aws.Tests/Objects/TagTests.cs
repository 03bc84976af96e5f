using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Objects;

public sealed class TagTests(MotoFixture moto)
{
    private static readonly ObjectTag[] Clean =
        [new("av-status", "CLEAN"), new("av-timestamp", "2026-11-21T18:30:00Z")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tags_join_those_that_are_there(bool versioned)
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned);
        var put = await bench.PutAsync("k", "x", Tagged("team=a =b/+@", "av-status=forged"));

        (await bench.Store.TagAsync(put, Clean, Cancel)).ShouldBe(StepResult.Done);

        (await bench.TagsAsync(bench.Bucket, "k"))
            .ShouldBe(["av-status=CLEAN", "av-timestamp=2026-11-21T18:30:00Z", "team=a =b/+@"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_older_version_is_tagged_and_the_newer_one_is_not()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        var older = await bench.PutAsync("k", "x");
        var newer = await bench.PutAsync("k", "y");

        (await bench.Store.TagAsync(older, Clean, Cancel)).ShouldBe(StepResult.Done);

        (await bench.TagsAsync(bench.Bucket, "k", older.VersionId)).Length.ShouldBe(2);
        (await bench.TagsAsync(bench.Bucket, "k", newer.VersionId)).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task Tags_that_stand_there_already_are_not_written_again()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        var put = await bench.PutAsync("k", "x");

        await bench.Store.TagAsync(put, Clean, Cancel);
        (await bench.Store.TagAsync(put, Clean, Cancel)).ShouldBe(StepResult.Done);

        bench.Hook.Seen.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ten_tags_leave_no_room_and_stay()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var own = Enumerable.Range(0, 9).Select(i => $"t{i}={i}").ToArray();
        var put = await bench.PutAsync("k", "x", Tagged(own));

        var failure = await Should.ThrowAsync<TryAgainException>(() => bench.Store.TagAsync(put, Clean, Cancel));

        failure.Message.ShouldContain("it has 9 tags");
        failure.Message.ShouldContain("av-timestamp");
        (await bench.TagsAsync(bench.Bucket, "k")).ShouldBe(own);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tags_that_cannot_be_read_are_not_replaced()
    {
        using var s3 = new FakeS3(request => request.Url!.Query.Contains("tagging", StringComparison.Ordinal)
            ? FakeAnswer.Error(403, "AccessDenied")
            : new FakeAnswer(200, [1], new() { ["ETag"] = "\"e\"" }));

        var failure = await Should.ThrowAsync<AccessRefusedException>(
            () => s3.Store.TagAsync(new ObjectIdentity("b", "k", "v", "e", 1), Clean, Cancel));

        failure.Message.ShouldContain("s3:GetObjectTagging");
        s3.Seen.ShouldNotContain(request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_overwritten_or_deleted_object_is_not_tagged()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var put = await bench.PutAsync("k", "x");
        await bench.PutAsync("k", "y");

        (await bench.Store.TagAsync(put, Clean, Cancel)).ShouldBe(StepResult.Superseded);
        (await bench.TagsAsync(bench.Bucket, "k")).ShouldBeEmpty();
        (await bench.Store.TagAsync(put with { Key = "never" }, Clean, Cancel)).ShouldBe(StepResult.Gone);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_that_was_deleted_is_gone()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        var put = await bench.PutAsync("k", "x");
        await bench.S3.DeleteObjectAsync(bench.Bucket, "k", put.VersionId, Cancel);
        await bench.PutAsync("k", "y");

        (await bench.Store.TagAsync(put, Clean, Cancel)).ShouldBe(StepResult.Gone);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("team=a")]
    [InlineData(null)]
    public async Task Tags_that_met_a_successor_are_taken_back(string? own)
    {
        using var bench = await S3Bench.CreateAsync(moto);
        Action<PutObjectRequest>? tagged = own is null ? null : Tagged(own);
        var put = await bench.PutAsync("k", "x", tagged);
        bench.Hook.Before(
            request => request.Method == HttpMethod.Put,
            () => bench.PutAsync("k", "successor", tagged));

        (await bench.Store.TagAsync(put, Clean, Cancel)).ShouldBe(StepResult.Superseded);

        (await bench.TagsAsync(bench.Bucket, "k")).ShouldBe(own is null ? [] : [own]);
        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBe("successor");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_null_version_under_a_newer_one_is_tagged_by_its_name()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var put = await bench.PutAsync("k", "x");
        await bench.VersioningAsync(VersionStatus.Enabled);
        await bench.PutAsync("k", "newer");

        (await bench.Store.TagAsync(put, Clean, Cancel)).ShouldBe(StepResult.Done);

        (await bench.TagsAsync(bench.Bucket, "k", "null")).Length.ShouldBe(2);
        (await bench.TagsAsync(bench.Bucket, "k")).ShouldBeEmpty();
    }

    private static Action<PutObjectRequest> Tagged(params string[] tags) => request =>
        request.TagSet = [.. tags.Select(tag => new Tag { Key = tag.Split('=', 2)[0], Value = tag.Split('=', 2)[1] })];
}
