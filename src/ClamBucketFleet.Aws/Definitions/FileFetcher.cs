using System.Security.Cryptography;
using ClamBucketFleet.Aws.Objects;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>Brings files from the mirror, whole and right or not at all.</summary>
internal sealed class FileFetcher(MirrorBucket bucket, TimeProvider time)
{
    private const int BufferSize = 128 * 1024;

    private readonly ObjectReader _reader = new(bucket.S3, time);

    /// <inheritdoc cref="IDefinitionsMirror.FetchAsync"/>
    public async Task FetchAsync(DefinitionsFile file, string path, CancellationToken cancellationToken)
    {
        var key = bucket.FileKey(file);
        var opened = await bucket.ReadingAsync(
            key,
            () => _reader.OpenAsync(new ObjectRef(bucket.Bucket, key), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        if (opened is not OpenResult.Opened { Content: var content })
            throw new TryAgainException($"{bucket.Name(key)} cannot be had, though the manifest names it.");

        await using (content)
        {
            if (content.Identity.Size != file.Size)
                throw Mismatch(key, $"{file.Size} bytes", $"{content.Identity.Size}");

            // In the same directory, so that the last step is a renaming.
            var part = path + ".part";
            try
            {
                await WriteAsync(content.Body, file, key, part, cancellationToken).ConfigureAwait(false);
                File.Move(part, path);
            }
            catch (Exception e)
            {
                if (File.Exists(part))
                    File.Delete(part);
                if (e is IOException or UnauthorizedAccessException)
                    throw new TryAgainException($"{path} cannot be written: {SafeText.Escape(e.Message)}", e);
                throw;
            }
        }
    }

    private async Task WriteAsync(
        Stream body,
        DefinitionsFile file,
        string key,
        string part,
        CancellationToken cancellationToken)
    {
        await using var target = new FileStream(
            part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        var found = Convert.ToHexStringLower(hash.GetCurrentHash());
        if (found != file.Sha256)
            throw Mismatch(key, $"SHA-256 {file.Sha256}", found);

        File.SetLastWriteTimeUtc(target.SafeFileHandle, file.Modified.UtcDateTime);
        target.Flush(flushToDisk: true);
    }

    private TryAgainException Mismatch(string key, string expected, string found) =>
        new($"{bucket.Name(key)} is to have {expected} by the manifest, and has {found}.");
}
