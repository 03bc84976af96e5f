using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ClamBucketFleet.Aws.Objects;

/// <summary>
/// The body of one content: exactly as many bytes as it has. A connection that breaks, or over which nothing comes
/// for <see cref="Silence"/>, is replaced by another from the same byte on, by the same version and ETag. A short body
/// never looks like its end, and neither do bytes that the checksum S3 keeps of the whole does not fit.
/// </summary>
internal sealed class ResumingStream(
    ObjectReader reader,
    ObjectIdentity content,
    GetObjectResponse response,
    TimeProvider time) : Stream
{
    /// <summary>Attempts in a row that bring no byte, after which the read fails.</summary>
    public const int MaxResumes = 4;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private readonly ObjectRef _rest = new(content.Bucket, content.Key, content.VersionId, content.ETag);
    private readonly StoredChecksum? _checksum = StoredChecksum.In(response);
    private GetObjectResponse? _response = response;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => content.Size;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <exception cref="TryAgainException">The rest cannot be had, or is not the same content any more.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var left = content.Size - _position;
        if (left == 0 || buffer.IsEmpty)
            return 0;
        if (buffer.Length > left)
            buffer = buffer[..(int)left];

        Exception? cause = null;
        for (var resumes = 0; ; resumes++)
        {
            try
            {
                if (_response is null)
                    await ResumeAsync(resumes, cancellationToken).ConfigureAwait(false);

                var body = _response!.ResponseStream;
                var read = await ReadOnceAsync(body, buffer, cancellationToken).ConfigureAwait(false);
                _position += read;
                if (read > 0)
                {
                    Check(buffer.Span[..read]);
                    return read;
                }
            }
            catch (Exception e) when (S3Failures.IsPassing(e) && !cancellationToken.IsCancellationRequested)
            {
                cause = e;
            }

            Drop();
            if (resumes == MaxResumes)
                throw new ServiceUnreachableException(
                    $"Reading {S3ObjectStore.Name(_rest)} broke off after {_position} of {content.Size} bytes, "
                    + $"and {MaxResumes} attempts to go on failed.",
                    cause);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Drop();
        base.Dispose(disposing);
    }

    private async Task ResumeAsync(int resumes, CancellationToken cancellationToken)
    {
        await Task.Delay(FirstPause * ((1 << resumes) >> 1), time, cancellationToken).ConfigureAwait(false);
        GetObjectResponse rest;
        try
        {
            rest = await reader.GetAsync(_rest, _position, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (
            e.IsGone() || e.IsSuperseded() || e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw Changed(e);
        }
        catch (AmazonS3Exception e) when (!S3Failures.IsPassing(e))
        {
            throw S3Failures.Translate(e, $"Reading {S3ObjectStore.Name(_rest)}", S3ObjectStore.ReadPermissions);
        }

        var from = string.Create(CultureInfo.InvariantCulture, $"bytes {_position}-");
        if (S3Requests.Bare(rest.ETag) == content.ETag
            && (rest.VersionId ?? content.VersionId) == content.VersionId
            && rest.ContentRange?.StartsWith(from, StringComparison.Ordinal) == true)
        {
            _response = rest;
            return;
        }

        rest.Dispose();
        throw Changed(null);
    }

    // With the last bytes, so that nobody gets all of a content that is not the right one.
    private void Check(ReadOnlySpan<byte> read)
    {
        _checksum?.Append(read);
        if (_position == content.Size && _checksum is { Matches: false })
        {
            throw new TryAgainException(
                $"{S3ObjectStore.Name(_rest)} was read whole, and does not fit the {_checksum.Algorithm} that S3 keeps of it.");
        }
    }

    // The SDK's own timeout ends with the headers.
    private async ValueTask<int> ReadOnceAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        return await body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
    }

    private TryAgainException Changed(Exception? cause) =>
        new($"{S3ObjectStore.Name(_rest)} changed while it was read.", cause);

    private void Drop()
    {
        _response?.Dispose();
        _response = null;
    }
}
