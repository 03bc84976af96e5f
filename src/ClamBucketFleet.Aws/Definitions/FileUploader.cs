using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using ClamBucketFleet.Aws.Objects;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Aws.Definitions;

/// <summary>Brings files to the mirror that it lacks.</summary>
internal sealed class FileUploader(MirrorBucket bucket, MirrorTimes times, ILogger logger)
{
    /// <summary>Has a file on the mirror for as long as a manifest that is written next names it.</summary>
    /// <param name="file">What is to be there.</param>
    /// <param name="path">Where it lies here.</param>
    /// <param name="current">The manifest in use; null where there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TryAgainException">The local file is another one, or the mirror did not keep it.</exception>
    public async Task EnsureAsync(
        DefinitionsFile file,
        string path,
        ManifestJson? current,
        CancellationToken cancellationToken)
    {
        var key = bucket.FileKey(file);
        var stored = await HeadAsync(key, cancellationToken).ConfigureAwait(false);
        if (Fits(file, stored) && (IsNamed(file, current) || IsYoung(stored!)))
            return;

        await UploadAsync(file, key, path, cancellationToken).ConfigureAwait(false);
        if (!Fits(file, await HeadAsync(key, cancellationToken).ConfigureAwait(false)))
            throw new TryAgainException($"{bucket.Name(key)} is not what was uploaded; it is not published.");
        logger.MirrorFileUploaded(file.Name, file.Size);
    }

    private static bool IsNamed(DefinitionsFile file, ManifestJson? current) =>
        current?.Files.Any(named => named.Sha256 == file.Sha256 && named.Name == file.Name) == true;

    // What no manifest names may be removed from that age on; with half of it no clean-up has it in its list.
    private bool IsYoung(GetObjectMetadataResponse stored) =>
        ServiceClock.In(stored) is { } now
        && stored.LastModified is { } written
        && now - written.ToUniversalTime() < times.KeepUnused / 2;

    // S3 keeps a checksum of everything; one of another kind is not of this program's upload.
    private static bool Fits(DefinitionsFile file, GetObjectMetadataResponse? stored)
    {
        if (stored is null || stored.ContentLength != file.Size)
            return false;
        if (stored.ChecksumSHA256 is { Length: > 0 } sha256)
            return sha256 == Base64(file.Sha256);
        return string.IsNullOrEmpty(stored.ChecksumCRC64NVME ?? stored.ChecksumCRC32 ?? stored.ChecksumCRC32C);
    }

    private async Task UploadAsync(DefinitionsFile file, string key, string path, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(file, path, cancellationToken).ConfigureAwait(false);
        await bucket.WritingAsync(
            key,
            () => bucket.Uploads.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = bucket.Bucket,
                    Key = key,
                    InputStream = content,
                    AutoCloseStream = false,
                    ContentType = "application/octet-stream",
                    ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
                    ChecksumSHA256 = Base64(file.Sha256),
                },
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    // Hashed here as well: a checksum that comes with an upload is compared by S3, but not by everything like it.
    private static async Task<FileStream> OpenAsync(DefinitionsFile file, string path, CancellationToken cancellationToken)
    {
        try
        {
            var content = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            try
            {
                var found = Convert.ToHexStringLower(
                    await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));
                if (content.Length != file.Size || found != file.Sha256)
                {
                    throw new TryAgainException(
                        $"{path} is to have {file.Size} bytes with SHA-256 {file.Sha256}, and has {content.Length} "
                        + $"with {found}. It changed since it was looked at.");
                }

                content.Position = 0;
                return content;
            }
            catch
            {
                await content.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TryAgainException($"{path} cannot be read: {SafeText.Escape(e.Message)}", e);
        }
    }

    private Task<GetObjectMetadataResponse?> HeadAsync(string key, CancellationToken cancellationToken) =>
        bucket.ReadingAsync(
            key,
            () => bucket.S3.HeadAsync(new ObjectIdentity(bucket.Bucket, key, null, "", 0), null, cancellationToken),
            cancellationToken);

    private static string Base64(string sha256) => Convert.ToBase64String(Convert.FromHexString(sha256));
}
