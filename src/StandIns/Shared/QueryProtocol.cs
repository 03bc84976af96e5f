#nullable enable
using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace StandIns;

/// <summary>Turns a service's error into its exception.</summary>
internal delegate AmazonServiceException ToException(ErrorResponse error);

/// <summary>One operation of a service that takes form parameters and answers with XML.</summary>
internal static class QueryProtocol
{
    public static InvokeOptions Operation<TRequest>(
        string action,
        string version,
        Action<IRequest, TRequest> write,
        Func<XElement, AmazonWebServiceResponse> read,
        ToException toException)
        where TRequest : AmazonWebServiceRequest => new()
        {
            RequestMarshaller = new Writer<TRequest>(action, version, write),
            ResponseUnmarshaller = new Reader($"{action}Result", read, toException),
        };

    /// <summary>Adds a parameter that has a value, and none otherwise.</summary>
    public static void Set(this IRequest request, string name, string? value)
    {
        if (value is not null)
            request.Parameters.Add(name, value);
    }

    public static void SetList(this IRequest request, string name, IEnumerable<string>? values)
    {
        foreach (var (index, value) in (values ?? []).Index())
            request.Parameters.Add($"{name}.member.{index + 1}", value);
    }

    public static string? Text(this XElement parent, string name) => parent.Child(name)?.Value;

    public static XElement? Child(this XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    /// <summary>The members of a list; null where the answer has none, as in every collection of the SDK.</summary>
    public static List<T>? List<T>(this XElement parent, string name, Func<XElement, T> read)
    {
        List<T> members = [.. (parent.Child(name)?.Elements() ?? []).Select(read)];
        return members.Count == 0 ? null : members;
    }

    private sealed class Writer<TRequest>(string action, string version, Action<IRequest, TRequest> write)
        : IMarshaller<IRequest, AmazonWebServiceRequest>
        where TRequest : AmazonWebServiceRequest
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var request = new DefaultRequest(input, typeof(TRequest).Namespace);
            request.Parameters.Add("Action", action);
            request.Parameters.Add("Version", version);
            write(request, (TRequest)input);
            return request;
        }
    }

    private sealed class Reader(string result, Func<XElement, AmazonWebServiceResponse> read, ToException toException)
        : XmlResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
        {
            var root = XElement.Load(context.Stream);
            var response = read(root.Child(result) ?? root);
            response.ResponseMetadata = new ResponseMetadata
            {
                RequestId = root.Child("ResponseMetadata")?.Text("RequestId"),
            };
            return response;
        }

        public override AmazonServiceException UnmarshallException(
            XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
        {
            var root = LoadOrEmpty(context.Stream);
            var error = root.Child("Error") ?? root.Child("Errors")?.Child("Error") ?? root;
            return toException(new ErrorResponse
            {
                Type = error.Text("Type") == "Receiver" ? ErrorType.Receiver : ErrorType.Sender,
                Code = error.Text("Code"),
                Message = error.Text("Message") ?? $"HTTP status {(int)statusCode}",
                RequestId = root.Text("RequestId") ?? root.Text("RequestID"),
                InnerException = innerException,
                StatusCode = statusCode,
            });
        }

        // A proxy or a load balancer in between answers with HTML, or with nothing.
        private static XElement LoadOrEmpty(Stream stream)
        {
            try
            {
                return XElement.Load(stream);
            }
            catch (XmlException)
            {
                return new XElement("empty");
            }
        }
    }
}
