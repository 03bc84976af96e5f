using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.Aws.Objects;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Objects;

public sealed class CopyTests(MotoFixture moto)
{
    private const int MinPart = 5 << 20;

    private static readonly S3Limits Small = new(MinPart, MinPart);

    private static readonly ObjectTag[] Infected =
        [new("av-status", "INFECTED"), new("av-signature", "Eicar/Test+1 =:@")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_copy_keeps_all_that_the_object_has_and_gains_the_tags(bool versioned)
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned);
        var put = await bench.PutAsync("dir/k.txt", "content", Dressed);

        var result = await CopyAsync(bench, put, "q/dir/k.txt", "content");

        result.Result.ShouldBe(StepResult.Done);
        result.TagsLeftOut.ShouldBeEmpty();
        result.Copy!.Size.ShouldBe(7);
        (await bench.ReadAsync(bench.Other, "q/dir/k.txt", result.Copy.VersionId)).ShouldBe("content");
        await ShouldBeDressedAsync(bench, "q/dir/k.txt");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_older_version_is_copied_and_not_the_newest()
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        var older = await bench.PutAsync("k", "older");
        await bench.PutAsync("k", "newer");

        (await CopyAsync(bench, older, "q/k", "older")).Result.ShouldBe(StepResult.Done);

        (await bench.ReadAsync(bench.Other, "q/k")).ShouldBe("older");
    }

    [Fact(Timeout = 60_000)]
    public async Task Copying_twice_does_no_harm()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var put = await bench.PutAsync("k", "content");

        var first = await CopyAsync(bench, put, "q/k", "content");
        var second = await CopyAsync(bench, put, "q/k", "content");

        second.Copy.ShouldBe(first.Copy);
        (await bench.ReadAsync(bench.Other, "q/k")).ShouldBe("content");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_larger_than_one_copy_may_be_is_copied_in_parts_with_all_it_has()
    {
        using var bench = await S3Bench.CreateAsync(moto, limits: Small);
        var content = Random(2 * MinPart + 1234);
        var put = await bench.PutAsync("big", content, Dressed);

        var result = await bench.Store.CopyAsync(put, At(bench, "q/big"), Infected, Sha256(content), Cancel);

        result.Result.ShouldBe(StepResult.Done);
        result.Copy!.ETag.ShouldEndWith("-3");
        await ShouldBeDressedAsync(bench, "q/big");
        (await DigestAsync(bench, "q/big")).ShouldBe(Sha256(content));
        (await UploadsAsync(bench)).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_uploaded_in_parts_is_proven_by_reading_the_copy()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var content = Random(MinPart + 77);
        var put = await bench.PutInPartsAsync("parts", content, MinPart);

        (await bench.Store.CopyAsync(put, At(bench, "q/parts"), Infected, Sha256(content), Cancel))
            .Result.ShouldBe(StepResult.Done);
        await Should.ThrowAsync<TryAgainException>(
            () => bench.Store.CopyAsync(put, At(bench, "q/other"), Infected, Sha256([1]), Cancel));

        (await bench.ReadAsync(bench.Other, "q/other")).ShouldBeNull();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_that_was_never_read_is_copied_on_its_etag_alone()
    {
        using var bench = await S3Bench.CreateAsync(moto, limits: Small);
        var content = Random(MinPart + 1);
        var put = await bench.PutAsync("big", content);

        (await bench.Store.CopyAsync(put, At(bench, "q/big"), Infected, null, Cancel)).Result.ShouldBe(StepResult.Done);

        (await DigestAsync(bench, "q/big")).ShouldBe(Sha256(content));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_overwritten_before_the_copy_is_superseded_and_nothing_is_written()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var put = await bench.PutAsync("k", "content");
        await bench.PutAsync("k", "another");

        (await CopyAsync(bench, put, "q/k", "content")).Result.ShouldBe(StepResult.Superseded);

        bench.Hook.Seen.ShouldAllBe(request => request.StartsWith("HEAD", StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(7)]
    [InlineData(MinPart + 5)]
    public async Task An_object_overwritten_while_it_is_copied_leaves_no_copy(int size)
    {
        using var bench = await S3Bench.CreateAsync(moto, limits: Small);
        var content = Random(size);
        byte[] successor = [.. content.Reverse()];
        var put = await bench.PutAsync("k", content);
        bench.Hook.Before(
            request => request.Method == HttpMethod.Put && request.Headers.Contains("x-amz-copy-source"),
            () => bench.PutAsync("k", successor));

        var result = await bench.Store.CopyAsync(put, At(bench, "q/k"), Infected, Sha256(content), Cancel);

        result.Result.ShouldBe(StepResult.Superseded);
        result.Copy.ShouldBeNull();
        (await bench.ReadAsync(bench.Other, "q/k")).ShouldBeNull();
        (await UploadsAsync(bench)).ShouldBeEmpty();
        (await bench.S3.GetObjectMetadataAsync(bench.Bucket, "k", Cancel)).ETag.ShouldNotBe($"\"{put.ETag}\"");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_that_is_gone_or_goes_while_it_is_copied_is_gone(bool versioned)
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned);
        var put = await bench.PutAsync("k", "content");
        bench.Hook.Before(
            request => request.Method == HttpMethod.Put,
            () => bench.S3.DeleteObjectAsync(bench.Bucket, "k", put.VersionId, Cancel));

        (await CopyAsync(bench, put, "q/k", "content")).Result.ShouldBe(StepResult.Gone);
        (await CopyAsync(bench, put, "q/k", "content")).Result.ShouldBe(StepResult.Gone);
        (await bench.ReadAsync(bench.Other, "q/k")).ShouldBeNull();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_right_copy_stays_whatever_becomes_of_its_source_afterwards(bool overwritten)
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var put = await bench.PutAsync("k", "content");
        bench.Hook.Before(
            request => request.Method == HttpMethod.Head && request.RequestUri!.AbsolutePath.Contains(bench.Other, StringComparison.Ordinal),
            () => overwritten ? bench.PutAsync("k", "another") : bench.S3.DeleteObjectAsync(bench.Bucket, "k", Cancel));

        (await CopyAsync(bench, put, "q/k", "content")).Result.ShouldBe(StepResult.Done);

        (await bench.ReadAsync(bench.Other, "q/k")).ShouldBe("content");
    }

    [Fact(Timeout = 60_000)]
    public async Task Tags_that_find_no_room_are_left_out_and_named()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var put = await bench.PutAsync("k", "content", request => request.TagSet =
            [.. Enumerable.Range(0, 9).Select(i => new Tag { Key = $"t{i}", Value = "v" })]);

        var result = await CopyAsync(bench, put, "q/k", "content");

        result.Result.ShouldBe(StepResult.Done);
        result.TagsLeftOut.ShouldBe(["av-signature"]);
        var tags = await bench.TagsAsync(bench.Other, "q/k");
        tags.Length.ShouldBe(10);
        tags.ShouldContain("av-status=INFECTED");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(7)]
    [InlineData(MinPart + 1)]
    public async Task Encryption_with_a_key_of_the_customers_stays(int size)
    {
        using var bench = await S3Bench.CreateAsync(moto, limits: Small);
        const string Key = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
        var content = Random(size);
        var put = await bench.PutAsync("k", content, request =>
        {
            request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AWSKMS;
            request.ServerSideEncryptionKeyManagementServiceKeyId = Key;
            request.BucketKeyEnabled = true;
        });

        (await bench.Store.CopyAsync(put, At(bench, "q/k"), Infected, Sha256(content), Cancel))
            .Result.ShouldBe(StepResult.Done);

        var copy = await bench.S3.GetObjectMetadataAsync(bench.Other, "q/k", Cancel);
        copy.ServerSideEncryptionMethod.ShouldBe(ServerSideEncryptionMethod.AWSKMS);
        copy.ServerSideEncryptionKeyManagementServiceKeyId.ShouldBe(Key);
        if (size < MinPart)
            copy.BucketKeyEnabled.ShouldBe(true);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_destination_that_does_not_exist_is_named_with_its_configuration()
    {
        using var bench = await S3Bench.CreateAsync(moto, limits: Small);
        foreach (var put in new[] { await bench.PutAsync("k", "content"), await bench.PutAsync("k2", Random(MinPart + 1)) })
        {
            var failure = await Should.ThrowAsync<NotFoundException>(() => bench.Store.CopyAsync(
                put, new ObjectLocation("no-such-bucket-here", "k"), Infected, null, Cancel));
            failure.Message.ShouldContain("Quarantine:Bucket");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_is_never_copied_onto_itself()
    {
        using var bench = await S3Bench.CreateAsync(moto);
        var put = await bench.PutAsync("k", "content");
        await Should.ThrowAsync<TryAgainException>(
            () => bench.Store.CopyAsync(put, new ObjectLocation(bench.Bucket, "k"), Infected, null, Cancel));
        bench.Hook.Seen.ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refused_copy_says_what_it_takes()
    {
        using var s3 = new FakeS3(request => request.HttpMethod switch
        {
            "HEAD" => new FakeAnswer(200, [1], new() { ["ETag"] = "\"e\"" }),
            "GET" => new FakeAnswer(200, "<Tagging><TagSet></TagSet></Tagging>"u8.ToArray(), []),
            _ => FakeAnswer.Error(403, "AccessDenied"),
        });
        var failure = await Should.ThrowAsync<AccessRefusedException>(() => s3.Store.CopyAsync(
            new ObjectIdentity("b", "k", "v", "e", 1), new ObjectLocation("q", "k"), Infected, null, Cancel));
        failure.Message.ShouldContain("s3:PutObject");
    }

    private static void Dressed(PutObjectRequest request)
    {
        request.ContentType = "text/x-odd; charset=utf-8";
        request.Headers.CacheControl = "max-age=7";
        request.Headers.ContentDisposition = "attachment; filename=\"a b.txt\"";
        request.Headers.ContentEncoding = "identity";
        request.Metadata["owner"] = "some one";
        request.StorageClass = S3StorageClass.StandardInfrequentAccess;
        request.TagSet = [new Tag { Key = "te am", Value = "a=b+c/d:@" }];
    }

    private static async Task ShouldBeDressedAsync(S3Bench bench, string key)
    {
        var copy = await bench.S3.GetObjectMetadataAsync(bench.Other, key, Cancel);
        copy.Headers.ContentType.ShouldBe("text/x-odd; charset=utf-8");
        copy.Headers.CacheControl.ShouldBe("max-age=7");
        copy.Headers.ContentDisposition.ShouldBe("attachment; filename=\"a b.txt\"");
        copy.Headers.ContentEncoding.ShouldBe("identity");
        copy.Metadata["owner"].ShouldBe("some one");
        copy.StorageClass.ShouldBe(S3StorageClass.StandardInfrequentAccess);
        (await bench.TagsAsync(bench.Other, key))
            .ShouldBe(["av-signature=Eicar/Test+1 =:@", "av-status=INFECTED", "te am=a=b+c/d:@"]);
    }

    private static Task<CopyResult> CopyAsync(S3Bench bench, ObjectIdentity put, string key, string content) =>
        bench.Store.CopyAsync(put, At(bench, key), Infected, Sha256(Encoding.UTF8.GetBytes(content)), Cancel);

    private static ObjectLocation At(S3Bench bench, string key) => new(bench.Other, key);

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static async Task<string> DigestAsync(S3Bench bench, string key)
    {
        using var response = await bench.S3.GetObjectAsync(bench.Other, key, Cancel);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(response.ResponseStream, Cancel));
    }

    private static async Task<List<MultipartUpload>> UploadsAsync(S3Bench bench) =>
        (await bench.S3.ListMultipartUploadsAsync(
            new ListMultipartUploadsRequest { BucketName = bench.Other }, Cancel)).MultipartUploads ?? [];
}
