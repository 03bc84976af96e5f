using Amazon.Runtime;

namespace Amazon.SimpleNotificationService.Model;

/// <summary>What every request to SNS is.</summary>
public partial class AmazonSimpleNotificationServiceRequest : AmazonWebServiceRequest;
