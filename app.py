"""The CDK application: reads the configuration, makes the stack, checks it with cdk-nag."""

import sys
from pathlib import Path

# The stack takes the names of the environment's variables from `parley.settings`.
sys.path.insert(0, str(Path(__file__).parent / "functions"))

import aws_cdk as cdk
import cdk_nag

from infra.configuration import Configuration, ConfigurationError
from infra.stack import ParleyStack


def main() -> None:
    app = cdk.App()
    try:
        configuration = Configuration.from_context(app.node.get_all_context())
    except ConfigurationError as error:
        sys.exit(f"configuration: {error}")
    ParleyStack(app, configuration=configuration)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks())
    app.synth()


if __name__ == "__main__":
    main()
