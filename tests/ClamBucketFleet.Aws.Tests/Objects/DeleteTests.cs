using Amazon.S3;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Objects;

public sealed class DeleteTests(MotoFixture moto)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Deleting_a_version_leaves_its_neighbours_alone()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        var before = await bench.PutAsync("k", "before");
        var infected = await bench.PutAsync("k", "infected");
        var after = await bench.PutAsync("k", "after");

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Done);

        (await bench.ReadAsync(bench.Bucket, "k", before.VersionId)).ShouldBe("before");
        (await bench.ReadAsync(bench.Bucket, "k", after.VersionId)).ShouldBe("after");
        (await bench.VersionsAsync(bench.Bucket)).Select(v => v.VersionId)
            .ShouldBe([before.VersionId, after.VersionId], ignoreOrder: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Deleting_the_newest_version_leaves_no_delete_marker()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        var before = await bench.PutAsync("k", "before");
        var infected = await bench.PutAsync("k", "infected");

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Done);

        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBe("before");
        (await bench.VersionsAsync(bench.Bucket)).Single().VersionId.ShouldBe(before.VersionId);
    }

    [Fact(Timeout = 60_000)]
    public async Task Deleting_twice_does_no_harm()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        await bench.PutAsync("k", "before");
        var infected = await bench.PutAsync("k", "infected");

        await bench.Store.DeleteAsync(infected, Cancel);
        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBeOneOf(StepResult.Done, StepResult.Gone);

        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBe("before");
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_versions_the_scanned_object_is_deleted_and_then_gone()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var infected = await bench.PutAsync("k", "infected");

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Done);
        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBeNull();
        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Gone);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_overwritten_object_is_not_deleted_for_what_its_predecessor_was()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var infected = await bench.PutAsync("k", "infected");
        await bench.PutAsync("k", "harmless");

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Superseded);
        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBe("harmless");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_overwritten_between_look_and_deletion_stays()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var infected = await bench.PutAsync("k", "infected");
        bench.Hook.Before(request => request.Method == HttpMethod.Delete, () => bench.PutAsync("k", "harmless"));

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Superseded);
        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBe("harmless");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_deleted_between_look_and_deletion_is_gone()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var infected = await bench.PutAsync("k", "infected");
        bench.Hook.Before(
            request => request.Method == HttpMethod.Delete,
            () => bench.S3.DeleteObjectAsync(bench.Bucket, "k", Cancel));

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Gone);
    }

    [Fact(Timeout = 60_000)]
    public async Task Versioning_switched_on_before_the_deletion_keeps_no_copy_of_it()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var infected = await bench.PutAsync("k", "infected");
        bench.Hook.Before(
            request => request.Method == HttpMethod.Delete,
            () => bench.VersioningAsync(VersionStatus.Enabled));

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Done);

        (await bench.VersionsAsync(bench.Bucket)).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_newer_version_hides_is_deleted_and_the_newer_one_is_not()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var infected = await bench.PutAsync("k", "infected");
        await bench.VersioningAsync(VersionStatus.Enabled);
        var newer = await bench.PutAsync("k", "harmless");

        (await bench.Store.DeleteAsync(infected, Cancel)).ShouldBe(StepResult.Done);

        (await bench.VersionsAsync(bench.Bucket)).Single().VersionId.ShouldBe(newer.VersionId);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_delete_marker_hides_is_deleted()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var infected = await bench.PutAsync("k", "infected");
        await bench.VersioningAsync(VersionStatus.Enabled);
        await bench.S3.DeleteObjectAsync(bench.Bucket, "k", Cancel);

        (await bench.Store.DeleteAsync(infected with { VersionId = "null" }, Cancel)).ShouldBe(StepResult.Done);

        (await bench.VersionsAsync(bench.Bucket)).ShouldAllBe(version => version.IsDeleteMarker == true);
    }

    [Fact(Timeout = 60_000)]
    public async Task With_versioning_suspended_the_null_version_is_deleted_only_while_it_is_the_scanned_one()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        await bench.VersioningAsync(VersionStatus.Suspended);
        var first = await bench.PutAsync("k", "infected") with { VersionId = "null" };
        var second = await bench.PutAsync("k", "also infected") with { VersionId = "null" };

        (await bench.Store.DeleteAsync(first, Cancel)).ShouldBe(StepResult.Superseded);
        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBe("also infected");
        (await bench.Store.DeleteAsync(second, Cancel)).ShouldBe(StepResult.Done);
        (await bench.ReadAsync(bench.Bucket, "k")).ShouldBeNull();
        bench.Hook.Seen.ShouldContain(request => request.StartsWith("DELETE", StringComparison.Ordinal)
            && request.Contains("versionId=null", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_locked_version_is_refused()
    {
        using var s3 = new FakeS3(
            _ => FakeAnswer.Error(403, "AccessDenied", "Access Denied because object protected by object lock."));
        var failure = await Should.ThrowAsync<AccessRefusedException>(
            () => s3.Store.DeleteAsync(new ObjectIdentity("b", "k", "v", "e", 1), Cancel));
        failure.Message.ShouldContain("object lock");
        failure.Message.ShouldContain("s3:DeleteObjectVersion");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_conflict_with_another_request_is_tried_again()
    {
        using var s3 = new FakeS3(request => request.HttpMethod == "HEAD"
            ? new FakeAnswer(200, [1], new() { ["ETag"] = "\"e\"" })
            : FakeAnswer.Error(409, "ConditionalRequestConflict"));
        await Should.ThrowAsync<TryAgainException>(
            () => s3.Store.DeleteAsync(new ObjectIdentity("b", "k", null, "e", 1), Cancel));
        s3.Seen[^1].ShouldEndWith("\"e\"");
    }
}
