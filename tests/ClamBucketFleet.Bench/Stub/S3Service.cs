using System.Globalization;
using ClamBucketFleet.Bench.Corpora;
using Microsoft.AspNetCore.Http;

namespace ClamBucketFleet.Bench.Stub;

/// <summary>The operations of S3 that the daemon uses, on a bucket without versions.</summary>
internal static class S3Service
{
    private const int Chunk = 64 * 1024;

    // Below, a timer is too coarse to wait for.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(2);

    public static async Task HandleAsync(World world, HttpContext http)
    {
        var path = http.Request.Path.Value!;
        var tagging = http.Request.Query.ContainsKey("tagging");
        var operation = (http.Request.Method, tagging) switch
        {
            ("GET", false) => "GetObject",
            ("HEAD", false) => "HeadObject",
            ("DELETE", false) => "DeleteObject",
            ("GET", true) => "GetObjectTagging",
            ("PUT", true) => "PutObjectTagging",
            _ => $"{http.Request.Method} {path.Split('/').Length}",
        };
        world.Count(operation);
        if (world.MessageOf(path[(World.Bucket.Length + 2)..]) is not { } message || world.IsGone(message))
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, "NoSuchKey");
            return;
        }

        var entry = world.Of(message);
        if (http.Request.Headers.IfMatch is { Count: > 0 } wanted && wanted.ToString().Trim('"') != entry.ETag)
        {
            await RefuseAsync(http, StatusCodes.Status412PreconditionFailed, "PreconditionFailed");
            return;
        }

        switch (operation)
        {
            case "GetObject":
                await GetAsync(world, message, entry, http);
                break;
            case "HeadObject":
                world.LookedAt(message);
                Describe(http.Response, entry);
                http.Response.ContentLength = entry.Size;
                break;
            case "DeleteObject":
                world.Remove(message);
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case "GetObjectTagging":
                http.Response.ContentType = "application/xml";
                await http.Response.WriteAsync(world.Tags(message) ?? "<Tagging><TagSet/></Tagging>", http.RequestAborted);
                break;
            case "PutObjectTagging":
                using (var body = new StreamReader(http.Request.Body))
                    world.Tag(message, await body.ReadToEndAsync(http.RequestAborted));
                break;
            default:
                await RefuseAsync(http, StatusCodes.Status501NotImplemented, "NotImplemented");
                break;
        }
    }

    private static async Task GetAsync(World world, int message, CorpusObject entry, HttpContext http)
    {
        var from = Start(http.Request);
        if (from == 0)
            world.Opened(message);
        var response = http.Response;
        Describe(response, entry);
        response.ContentLength = entry.Size - (from ?? 0);
        if (from is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{entry.Size - 1}/{entry.Size}");
        }

        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var rate = world.Load.BytesPerSecond;
        for (long at = from ?? 0, sent = 0; at < entry.Size;)
        {
            var memory = response.BodyWriter.GetMemory((int)Math.Min(Chunk, entry.Size - at));
            var count = (int)Math.Min(Math.Min(memory.Length, Chunk), entry.Size - at);
            world.Read(entry, at, memory.Span[..count]);
            response.BodyWriter.Advance(count);
            await response.BodyWriter.FlushAsync(http.RequestAborted);
            at += count;
            sent += count;
            if (rate == 0)
                continue;
            var ahead = TimeSpan.FromSeconds((double)sent / rate) - time.GetElapsedTime(started);
            if (ahead > Shortest)
                await Task.Delay(ahead, time, http.RequestAborted);
        }
    }

    // "bytes=17-"; the daemon asks for no other form.
    private static long? Start(HttpRequest request) =>
        request.Headers.Range.ToString() is { Length: > 7 } range
            ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : null;

    private static void Describe(HttpResponse response, CorpusObject entry)
    {
        var headers = response.Headers;
        headers.ETag = $"\"{entry.ETag}\"";
        headers.LastModified = "Sun, 22 Nov 2026 00:00:00 GMT";
        headers.AcceptRanges = "bytes";
        headers["x-amz-request-id"] = "0";
        headers["x-amz-server-side-encryption"] = "AES256";
        if (entry.Crc64 is { } checksum)
        {
            headers["x-amz-checksum-crc64nvme"] = checksum;
            headers["x-amz-checksum-type"] = "FULL_OBJECT";
        }

        response.ContentType = "binary/octet-stream";
    }

    private static Task RefuseAsync(HttpContext http, int status, string code)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/xml";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.WriteAsync($"<Error><Code>{code}</Code><Message>{code}</Message></Error>", http.RequestAborted);
    }
}
