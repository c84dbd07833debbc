using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class ErrorTests
{
    private static readonly ErrorMap s_map = new(
        new Dictionary<Type, (string, int, string)>
        {
            [typeof(IOException)] = ("DiskError", 507, "The disk is full."),
            [typeof(ConflictError)] = ("TakenError", 409, "Somebody was faster."),
        },
        detailed: false);

    [Theory, Trait("Rule", "E1")]
    [InlineData("""{"action":"echo","x":1}""", """{"error":"No \"x\".","errorName":"NoX","action":"echo"}""")]
    [InlineData("""{"action":1}""", """{"error":"No \"x\".","errorName":"NoX","action":1}""")]
    [InlineData("""{"action":"nope","command":[]}""", """{"error":"No \"x\".","errorName":"NoX","action":"nope"}""")]
    [InlineData("""{"x":1}""", """{"error":"No \"x\".","errorName":"NoX"}""")]
    [InlineData("{", """{"error":"No \"x\".","errorName":"NoX"}""")]
    [InlineData("""{"action":"echo","data":1}""", """{"action":"echo","error":{"name":"NoX","status":404,"message":"No \"x\"."}}""")]
    [InlineData("""{"action":"no","id":"7","data":1}""", """{"action":"no","id":"7","error":{"name":"NoX","status":404,"message":"No \"x\"."}}""")]
    public void An_error_has_the_form_of_its_message_and_is_correlated(string message, string expected) =>
        Lab.AssertJson(expected, Lab.Error(message, new ErrorInfo("NoX", 404, "No \"x\".")));

    [Theory, Trait("Rule", "E1")]
    [InlineData("{", """{"error":{"name":"NoX","status":404,"message":"No x."}}""")]
    [InlineData("""{"id":5}""", """{"id":5,"error":{"name":"NoX","status":404,"message":"No x."}}""")]
    public void On_the_subprotocol_every_error_is_enveloped(string message, string expected) =>
        Lab.AssertJson(expected, Lab.Error(message, new ErrorInfo("NoX", 404, "No x."), alwaysEnveloped: true));

    [Fact, Trait("Rule", "E4")]
    public void Details_and_the_id_of_an_error_are_sent_in_both_forms()
    {
        var error = new ErrorInfo("E", 500, "m", "0123", [new("items[0].title", "is required"), new("", "is wrong")]);
        const string rest = """
            "errorId":"0123","details":[{"path":"items[0].title","message":"is required"},{"path":"","message":"is wrong"}]
            """;

        Assert.Equal($$"""{"error":"m","errorName":"E",{{rest}},"action":"echo"}""",
            Lab.Error("""{"action":"echo"}""", error));
        Assert.Equal($$$"""{"action":"echo","id":1,"error":{"name":"E","status":500,"message":"m",{{{rest}}}}}""",
            Lab.Error("""{"action":"echo","id":1,"data":0}""", error));
    }

    [Fact, Trait("Rule", "E2")]
    public void The_message_of_the_error_class_is_sent_and_not_the_text_of_the_exception()
    {
        var error = s_map.For(new NotFoundError("todo 17 of alice"));

        Assert.Equal(new ErrorInfo("NotFoundError", 404, "The server cannot find the requested resource."), error);
    }

    [Fact, Trait("Rule", "E2")]
    public void A_registration_applies_to_derived_exceptions()
    {
        Assert.Equal(new ErrorInfo("DiskError", 507, "The disk is full."), s_map.For(new IOException("secret")));
        Assert.Equal(new ErrorInfo("DiskError", 507, "The disk is full."), s_map.For(new FileNotFoundException("secret")));
        Assert.Equal("TakenError", s_map.For(new ConflictError()).Name);
    }

    [Fact, Trait("Rule", "E2")]
    public void A_registration_for_all_exceptions_does_not_replace_the_name_of_an_error()
    {
        var map = new ErrorMap(new Dictionary<Type, (string, int, string)> { [typeof(Exception)] = ("Any", 500, "Anything.") }, false);

        Assert.Equal("Any", map.For(new FormatException()).Name);
        Assert.Equal("NotFoundError", map.For(new NotFoundError()).Name);
    }

    [Fact, Trait("Rule", "E3")]
    public void An_unregistered_exception_is_sent_only_as_an_id()
    {
        var first = s_map.For(new InvalidOperationException("secret"));
        var second = s_map.For(new InvalidOperationException("secret"));

        Assert.Equal(("InternalServerError", 500, "Internal server error"), (first.Name, first.Status, first.Message));
        Assert.Matches("^[0-9a-f]{16}$", first.ErrorId);
        Assert.NotEqual(first.ErrorId, second.ErrorId);
    }

    [Fact, Trait("Rule", "E2")]
    public void The_text_of_the_exception_is_sent_with_detailed_errors()
    {
        var map = new ErrorMap(new Dictionary<Type, (string, int, string)>(), detailed: true);

        Assert.Equal("todo 17", map.For(new NotFoundError("todo 17")).Message);
        Assert.Equal("boom", map.For(new InvalidOperationException("boom")).Message);
        Assert.NotNull(map.For(new InvalidOperationException("boom")).ErrorId);
    }

    [Fact, Trait("Rule", "E4")]
    public void Validation_details_are_sent_in_production()
    {
        var error = s_map.For(new UnprocessableContentError("title", "is required"));

        Assert.Equal(422, error.Status);
        Assert.Equal([new InputProblem("title", "is required")], error.Details!);
    }
}
