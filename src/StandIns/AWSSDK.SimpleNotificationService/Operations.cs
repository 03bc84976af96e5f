#nullable enable
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SimpleNotificationService.Model;
using StandIns;

namespace Amazon.SimpleNotificationService;

/// <summary>How each operation of SNS is written and read.</summary>
internal static class Operations
{
    private const string Version = "2010-03-31";

    public static readonly InvokeOptions GetTopicAttributes = QueryProtocol.Operation<GetTopicAttributesRequest>(
        "GetTopicAttributes",
        Version,
        (form, request) => form.Set("TopicArn", request.TopicArn),
        result => new GetTopicAttributesResponse
        {
            Attributes = result.Child("Attributes")?.Elements()
                .ToDictionary(entry => entry.Text("key") ?? "", entry => entry.Text("value") ?? ""),
        },
        ToException);

    public static readonly InvokeOptions Publish = QueryProtocol.Operation<PublishRequest>(
        "Publish",
        Version,
        WritePublish,
        result => new PublishResponse { MessageId = result.Text("MessageId") },
        ToException);

    private static void WritePublish(IRequest form, PublishRequest request)
    {
        form.Set("TopicArn", request.TopicArn);
        form.Set("Message", request.Message);
        form.Set("Subject", request.Subject);
        form.Set("MessageStructure", request.MessageStructure);
        foreach (var (index, (name, value)) in (request.MessageAttributes ?? []).Index())
        {
            var entry = $"MessageAttributes.entry.{index + 1}";
            form.Set($"{entry}.Name", name);
            form.Set($"{entry}.Value.DataType", value.DataType);
            form.Set($"{entry}.Value.StringValue", value.StringValue);
        }
    }

    private static AmazonServiceException ToException(ErrorResponse error)
    {
        var (message, inner, type) = (error.Message, error.InnerException, error.Type);
        var (code, id, status) = (error.Code, error.RequestId, error.StatusCode);
        return code switch
        {
            "NotFound" => new NotFoundException(message, inner, type, code, id, status),
            "AuthorizationError" => new AuthorizationErrorException(message, inner, type, code, id, status),
            "InvalidParameter" => new InvalidParameterException(message, inner, type, code, id, status),
            _ => new AmazonSimpleNotificationServiceException(message, inner, type, code, id, status),
        };
    }
}
