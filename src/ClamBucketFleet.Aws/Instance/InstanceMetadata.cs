using System.Net;

namespace ClamBucketFleet.Aws.Instance;

/// <summary>
/// EC2's instance metadata by version 2 of its service: every request carries a token, which is got first.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html</remarks>
public sealed class InstanceMetadata : IDisposable
{
    private const string DisabledVariable = "AWS_EC2_METADATA_DISABLED";
    private const string EndpointVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    private const string ModeVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const int LargestDocument = 64 << 10;

    private static readonly Uri IPv4 = new("http://169.254.169.254/");
    private static readonly Uri IPv6 = new("http://[fd00:ec2::254]/");

    // The longest that the service gives.
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(6);
    private static readonly TimeSpan BeforeItEnds = TimeSpan.FromMinutes(5);

    // It answers from the same host in milliseconds, or, off EC2, never.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private Token? _token;

    public InstanceMetadata(Uri endpoint, TimeProvider time)
    {
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = ConnectTimeout })
        {
            BaseAddress = endpoint,
            Timeout = Timeout,
            MaxResponseContentBufferSize = LargestDocument,
        };
    }

    /// <summary>Whether it has ever answered: what never does is no EC2 instance.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>The service that the AWS SDK would ask; null where the environment says that it is not to be asked.</summary>
    /// <exception cref="FatalConfigurationException">The environment names an endpoint that is none.</exception>
    public static InstanceMetadata? FromEnvironment(TimeProvider time)
    {
        if (Variable(DisabledVariable) is { } disabled && bool.TryParse(disabled, out var isDisabled) && isDisabled)
            return null;
        if (Variable(EndpointVariable) is not { } named)
            return new(string.Equals(Variable(ModeVariable), "IPv6", StringComparison.OrdinalIgnoreCase) ? IPv6 : IPv4, time);
        return Uri.TryCreate($"{named.TrimEnd('/')}/", UriKind.Absolute, out var endpoint) && endpoint.Scheme == Uri.UriSchemeHttp
            ? new(endpoint, time)
            : throw new FatalConfigurationException(
                $"{EndpointVariable} is '{SafeText.Escape(named)}': allowed is an address such as {IPv4}.");
    }

    /// <summary>A document below <c>/latest/meta-data/</c>; null where there is none of that name.</summary>
    /// <param name="path">As in <c>spot/instance-action</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ServiceUnreachableException">The service is away, refuses, or is in trouble.</exception>
    public async Task<string?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await GetAsync(path, cancellationToken).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                // Of a token that is forgotten earlier than was said, as after a move to another host.
                answer.Dispose();
                _token = null;
                answer = await GetAsync(path, cancellationToken).ConfigureAwait(false);
            }

            using (answer)
            {
                if (answer.StatusCode != HttpStatusCode.NotFound)
                    Expect(answer, path);
                HasAnswered = true;
                return answer.StatusCode == HttpStatusCode.NotFound
                    ? null
                    : await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ServiceUnreachableException(
                $"The instance metadata ({_http.BaseAddress}) cannot be reached: {SafeText.Escape(e.Message)}", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"latest/meta-data/{path}");
        request.Headers.TryAddWithoutValidation(TokenHeader, await TokenAsync(cancellationToken).ConfigureAwait(false));
        return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        if (_token is { } known && _time.GetElapsedTime(known.Since) < TokenLife - BeforeItEnds)
            return known.Text;

        using var request = new HttpRequestMessage(HttpMethod.Put, "latest/api/token");
        request.Headers.TryAddWithoutValidation($"{TokenHeader}-ttl-seconds", $"{TokenLife.TotalSeconds:0}");
        var since = _time.GetTimestamp();
        using var answer = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        Expect(answer, "a token");
        var text = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        _token = new Token(text, since);
        return text;
    }

    private void Expect(HttpResponseMessage answer, string asked)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new ServiceUnreachableException(
                $"The instance metadata ({_http.BaseAddress}) answered {(int)answer.StatusCode} when asked for {asked}.");
        }
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private sealed record Token(string Text, long Since);
}
