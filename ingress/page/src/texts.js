// What is said where nothing comes of it: what happened, and what to do next.

const IN_SLACK = 'Look at Keylease’s last message to you in Slack. If the access is over, ask for it again there.';

export const TROUBLES = {
  refused: {
    title: 'Nothing was handed out',
    what: 'No was pressed in Slack, so the access was ended.',
    next: 'If that was a mistake, ask for it again in Slack.',
  },
  over: {
    title: 'It cannot be claimed here any more',
    what: 'Another device claimed it, or its time is over.',
    next: IN_SLACK,
  },
  closed: {
    title: 'Nothing can be claimed by this link',
    what: 'It was claimed, it ended, or it never was.',
    next: IN_SLACK,
  },
  often: {
    title: 'This link was used too often',
    what: 'No more devices are asked about for now.',
    next: 'Answer what Slack asked you, or try again in a minute. If it goes on, end the access in Slack and ask again.',
    again: true,
  },
  late: {
    title: 'There was no answer in Slack',
    what: 'This page waited for 15 minutes.',
    next: 'Try again, and press Yes in Slack where the code is the same.',
    again: true,
  },
  code: {
    title: 'Stop: the code is of another key',
    what: 'The answer does not belong to this device’s key.',
    next: 'Press No in Slack, and tell those who run Keylease: somebody may stand between.',
  },
  unopened: {
    title: 'The credential cannot be opened',
    what: 'It is not sealed to this device, or it was changed on the way.',
    next: 'End the access in Slack, ask for it again, and tell those who run Keylease.',
  },
  insecure: {
    title: 'This page is not secure here',
    what: 'The browser has no cryptography for a page that does not come by https.',
    next: 'Open the link as it stands in Slack, in a current browser; or use the command keylease claim.',
  },
  failed: {
    title: 'That did not work',
    what: 'The server did not take it.',
    next: 'Check the network, and try again.',
    again: true,
  },
  ended: {
    title: 'The credential has ended',
    what: 'Its time is over, and it was cleared from this page.',
    next: 'If you still need it, ask for it again in Slack.',
  },
  cleared: {
    title: 'Cleared',
    what: 'The credential is no longer on this page.',
    next: 'End the access in Slack when you are done with it.',
  },
};
