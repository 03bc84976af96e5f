using System.Text;
using System.Xml.Linq;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Objects;

public sealed class HostileKeyTests(MotoFixture moto)
{
    public static TheoryData<string> Keys =>
    [
        "a b", "a+b", "a%20b", "%", "%2F", "a&b=c?d#e;f", "'quoted' \"double\" `back`", @"back\slash",
        "//double//slash//", "/leading", "a/../b", "../up", "./here", "a/./b", "..", "new\nline", "tab\t", "😀/ü/é/漢字",
        "$(rm -rf ~)", "{a}*[b]|<c>", "~", "\u202Eexe.txt", "versionId=null", "k?versionId=x",
        new string('k', 1024), string.Concat(Enumerable.Repeat("ü/", 341)),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Sent to a fake: what goes over the wire is the key, byte for byte, whatever a service makes of it.</summary>
    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Keys))]
    public async Task A_key_reaches_the_service_as_it_is(string key)
    {
        var paths = new List<string>();
        var sources = new List<string>();
        using var s3 = new FakeS3(request =>
        {
            paths.Add(request.RawUrl!.Split('?')[0]);
            if (request.Headers["x-amz-copy-source"] is { } source)
                sources.Add(source.TrimStart('/').Split('?')[0]);
            return request.HttpMethod switch
            {
                "HEAD" => new FakeAnswer(200, [1], new() { ["ETag"] = "\"e\"" }),
                "GET" => new FakeAnswer(
                    200, "<Tagging><TagSet></TagSet></Tagging>"u8.ToArray(), new() { ["ETag"] = "\"e\"" }),
                "DELETE" => new FakeAnswer(204, [], []),
                _ => new FakeAnswer(200, "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>"u8.ToArray(), []),
            };
        });
        var content = new ObjectIdentity("b", key, null, "e", 1);

        (await s3.Store.OpenAsync(new ObjectRef("b", key), Cancel)).ShouldBeOfType<OpenResult.Opened>();
        (await s3.Store.CopyAsync(content, new ObjectLocation("q", key), [], null, Cancel))
            .Result.ShouldBe(StepResult.Done);
        (await s3.Store.TagAsync(content, [new("a", "b")], Cancel)).ShouldBe(StepResult.Done);
        (await s3.Store.DeleteAsync(content, Cancel)).ShouldBe(StepResult.Done);

        paths.Select(Uri.UnescapeDataString).Distinct().ShouldBe([$"/b/{key}", $"/q/{key}"], ignoreOrder: true);
        sources.Select(Uri.UnescapeDataString).Distinct().ShouldBe([$"b/{key}"]);
    }

    // moto has no route for a line feed.
    public static IEnumerable<TheoryDataRow<string>> KeysOfMoto =>
        Keys.Where(row => !row.Data.Contains('\n', StringComparison.Ordinal));

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(KeysOfMoto))]
    public async Task A_key_goes_through_every_step(string key)
    {
        using var bench = await S3Bench.CreateAsync(moto, versioned: true);
        var neighbour = await bench.PutAsync("b", "neighbour");
        var put = await bench.PutAsync(key, "content");

        var opened = (await bench.Store.OpenAsync(new ObjectRef(bench.Bucket, key, put.VersionId, put.ETag), Cancel))
            .ShouldBeOfType<OpenResult.Opened>();
        await using (opened.Content)
        {
            var bytes = new MemoryStream();
            await opened.Content.Body.CopyToAsync(bytes, Cancel);
            Encoding.UTF8.GetString(bytes.ToArray()).ShouldBe("content");
        }

        var to = new ObjectLocation(bench.Other, Encoding.UTF8.GetByteCount(key) > 1000 ? key : $"q/{key}");
        (await bench.Store.CopyAsync(put, to, [new("s", "v")], null, Cancel)).Result.ShouldBe(StepResult.Done);
        (await bench.Store.TagAsync(put, [new("s", "v")], Cancel)).ShouldBe(StepResult.Done);
        (await bench.ReadAsync(bench.Other, to.Key)).ShouldBe("content");
        (await bench.Store.DeleteAsync(put, Cancel)).ShouldBe(StepResult.Done);

        (await bench.VersionsAsync(bench.Bucket)).Single().VersionId.ShouldBe(neighbour.VersionId);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a&b=c", "d&e=f")]
    [InlineData("plus+ space", "%41 ü / : = @ _ . - ;")]
    public async Task A_tag_is_copied_as_it_is(string name, string value)
    {
        var written = "";
        var tag = new XElement("Tag", new XElement("Key", name), new XElement("Value", value));
        var tagging = new XElement("Tagging", new XElement("TagSet", tag));
        using var s3 = new FakeS3(request =>
        {
            written = request.Headers["x-amz-tagging"] ?? written;
            return request.HttpMethod switch
            {
                "HEAD" => new FakeAnswer(200, [1], new() { ["ETag"] = "\"e\"" }),
                "GET" => new FakeAnswer(200, Encoding.UTF8.GetBytes(tagging.ToString()), []),
                _ => new FakeAnswer(200, "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>"u8.ToArray(), []),
            };
        });

        await s3.Store.CopyAsync(
            new ObjectIdentity("b", "k", null, "e", 1), new ObjectLocation("q", "k"), [new("s", "v")], null, Cancel);

        written.Split('&').Select(pair => pair.Split('=').Select(Uri.UnescapeDataString))
            .ShouldBe([[name, value], ["s", "v"]]);
    }
}
