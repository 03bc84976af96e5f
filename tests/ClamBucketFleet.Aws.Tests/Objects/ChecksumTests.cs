using System.Text;
using ClamBucketFleet.Aws.Objects;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Objects;

public sealed class ChecksumTests
{
    private const string ETag = "5eb63bbbe01eeed093cb22bb8f5acdc3";

    // The check values that the definitions of the algorithms give for these nine bytes.
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("123456789");

    public static TheoryData<string, string> Stored => new()
    {
        { "x-amz-checksum-crc32", Base64("CBF43926") },
        { "x-amz-checksum-crc32c", Base64("E3069283") },
        { "x-amz-checksum-crc64nvme", Base64("AE8B14860A799888") },
        { "x-amz-checksum-sha1", Base64("F7C3BC1D808E04732ADF679965CCC34CA7AE3441") },
        { "x-amz-checksum-sha256", Base64("15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225") },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Stored))]
    public async Task Bytes_that_fit_the_stored_checksum_are_read(string header, string checksum)
    {
        (await ReadAsync(Content, header, checksum)).ShouldBe(Content);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Stored))]
    public async Task Bytes_that_do_not_fit_the_stored_checksum_are_never_read_to_the_end(string header, string checksum)
    {
        byte[] changed = [.. Content[..4], (byte)(Content[4] ^ 1), .. Content[5..]];

        var failure = await Should.ThrowAsync<TryAgainException>(ReadAsync(changed, header, checksum));

        failure.Message.ShouldContain("does not fit");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_checksum_of_the_checksums_of_parts_says_nothing_of_the_whole()
    {
        (await ReadAsync(Content, "x-amz-checksum-crc32", $"{Base64("00000000")}-2")).ShouldBe(Content);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Stored))]
    public async Task A_body_that_was_resumed_is_checked_as_a_whole(string header, string checksum)
    {
        byte[] changed = [(byte)(Content[0] ^ 1), .. Content[1..]];

        (await ReadAsync(Content, header, checksum, sent: 5)).ShouldBe(Content);
        await Should.ThrowAsync<TryAgainException>(ReadAsync(changed, header, checksum, sent: 5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1000)]
    public void A_check_is_the_same_however_its_bytes_come(int length)
    {
        var data = new byte[length];
        new Random(7).NextBytes(data);
        var whole = ReflectedCrc.Crc64Nvme();
        whole.Append(data);
        var single = ReflectedCrc.Crc64Nvme();
        foreach (var value in data)
            single.Append([value]);

        single.Current().ShouldBe(whole.Current());
    }

    private static async Task<byte[]> ReadAsync(byte[] served, string header, string checksum, int? sent = null)
    {
        using var s3 = new FakeS3(request =>
        {
            var isFirst = request.Headers["Range"] == "bytes=0-";
            var answer = FakeAnswer.Rest(request, served, ETag, isFirst ? sent : null);
            if (request.Headers["x-amz-checksum-mode"] == "ENABLED")
                answer.Headers[header] = checksum;
            return answer;
        });
        var opened = await s3.Store.OpenAsync(new ObjectRef("bucket", "key"), Token);
        await using var content = opened.ShouldBeOfType<OpenResult.Opened>().Content;
        using var read = new MemoryStream();
        await content.Body.CopyToAsync(read, Token);
        return read.ToArray();
    }

    private static string Base64(string hexadecimal) => Convert.ToBase64String(Convert.FromHexString(hexadecimal));
}
