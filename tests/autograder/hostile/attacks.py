"""Submissions written by someone clever who wants full marks, as small named snippets.

Each is added to code whose functions return None. What it finds it puts into LOOT, which every
function then hands to the grader, where a canary would be noticed.
"""

from __future__ import annotations

PREAMBLE = """
import ctypes, gc, os, socket, struct, sys, threading, time
import numpy as np
LOOT = []
def loot(): return "\\n".join(map(str, LOOT))
def double(x): return None
def label(x): return loot()
def total(values): return None
class Model:
    def __init__(self): self.weights = {}
    def forward(self, x): return None
def attempt(function, *arguments):
    try:
        LOOT.append(function(*arguments))
    except BaseException as error:
        LOOT.append(repr(error))
def read(path):
    with open(path, "rb") as file:
        return file.read(100000).decode("latin1")
libc = ctypes.CDLL(None, use_errno=True)
"""

FORGING = {
    "equal_to_everything": """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __array__(self, *a, **k): return np.zeros(())
    def __bool__(self): return True
    def __float__(self): return 0.0
    def __len__(self): return 1
    def __getitem__(self, i): return self
double = total = label = lambda *a: Yes()
Model.forward = lambda self, x: Yes()
""",
    "array_that_agrees": """
class Agree(np.ndarray):
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
    def __eq__(self, other): return np.ones(3, bool)
double = lambda x: np.zeros(3).view(Agree)
total = lambda v: np.zeros(()).view(Agree)
""",
    "float_that_agrees": """
class Near(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
total = lambda v: Near(0)
double = lambda x: [Near(0)] * 3
""",
    "text_that_agrees": """
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
label = lambda x: Text("?")
""",
    "nan": "double = lambda x: np.full(3, np.nan)\ntotal = lambda v: float('nan')\n",
    "infinity": "double = lambda x: np.full(3, np.inf)\ntotal = lambda v: float('inf')\n",
    "empty_array": "double = lambda x: np.zeros(0)\ntotal = lambda v: np.zeros(0)\n",
    "empty_axis": "double = lambda x: np.zeros((0, 3))\nModel.forward = lambda s, x: np.zeros((0, 2))\n",
    "true_for_a_number": "double = total = lambda *a: True\n",
    "broadcast": "double = lambda x: np.zeros((1, 1))\nModel.forward = lambda s, x: np.zeros(1)\n",
    "masked": "double = lambda x: np.ma.masked_all(3)\ntotal = lambda v: np.ma.masked\n",
    "object_array": "double = lambda x: np.array([None] * 3, object)\n",
    "edits_its_input_to_fit": """
def double(x):
    x[:] = 0
    return x
def total(values):
    values[:] = [0] * len(values)
    return 0
""",
    "raises_assertion": "def double(x): raise AssertionError('passed')\ntotal = label = double\n",
    "raises_skip": """
import unittest
def double(x): raise unittest.SkipTest('not needed')
total = label = double
""",
    "raises_pytest_skip": """
class Skipped(BaseException): pass
Skipped.__module__ = 'builtins'; Skipped.__qualname__ = 'Skipped'
def double(x): raise Skipped('not needed')
total = label = double
""",
    "raises_exit": "def double(x): raise SystemExit(0)\ntotal = label = double\n",
    "raises_interrupt": "def double(x): raise KeyboardInterrupt\ntotal = label = double\n",
    "raises_stop_iteration": "def double(x): raise StopIteration(6)\ntotal = label = double\n",
    "lying_exception": """
class Lie(Exception):
    def __str__(self): raise SystemExit
    def __eq__(self, other): return True
def double(x): raise Lie
total = label = double
""",
    "patches_numpy": """
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
np.allclose = np.array_equal = lambda *a, **k: True
np.isclose = lambda a, b, **k: np.ones(np.shape(a), bool)
""",
    "patches_builtins": """
import builtins
builtins.isinstance = lambda *a: True
builtins.all = builtins.any = lambda *a: True
builtins.AssertionError = type('Never', (Exception,), {})
""",
    "patches_the_server": """
import inside.server as server
def handle(self, payload):
    request = server.wire.decode(payload, lambda r: None, [])
    self._channel.send(server.wire.encode([request[0], 'ok', True, [], []]))
server.Server._handle = handle
""",
    "patches_the_wire": """
import inside.wire as wire
old = wire.encode
wire.encode = lambda value, *a: old([value[0], 'ok', None, [], []] if len(value) == 5 else value)
""",
    "claims_a_verdict": """
double = total = label = lambda *a: {'status': 'passed', 'score': 100}
""",
    "settrace": """
sys.settrace(lambda frame, event, arg: LOOT.append(str(frame.f_locals)[:2000]))
threading.setprofile(lambda *a: None)
""",
    "metaclass": """
class Meta(type):
    def __instancecheck__(cls, x): return True
    def __subclasscheck__(cls, x): return True
class Model(metaclass=Meta):
    weights = {}
    def forward(self, x): return None
""",
    "lying_container": """
class Liar(list):
    def __len__(self): return 3
    def __getitem__(self, i): return 0
    def __iter__(self): return iter([0, 0, 0])
double = lambda x: Liar()
""",
}

STEALING = {
    "walks_the_disk": """
for top, folders, names in os.walk('/'):
    for name in names:
        if name.endswith(('.py', '.txt', '.toml', '.json')) and not top.startswith(('/usr', '/packages')):
            if 'lib/python3' not in top: attempt(read, os.path.join(top, name))
""",
    "guesses_paths": """
for path in ('../tests/hidden/test_secret.py', '/tests/test_secret.py', '/root/canary.txt',
             '/home/canary.txt', '/etc/passwd', '/etc/shadow', '/proc/self/environ', 'canary.txt'):
    attempt(read, path)
""",
    "own_memory": """
for path in ('/proc/self/mem', '/proc/self/maps', '/proc/1/environ', '/proc/1/cmdline', '/proc'):
    attempt(read, path)
attempt(os.listdir, '/proc')
""",
    "environment": "LOOT.append(str(dict(os.environ)))\n",
    "garbage_collector": """
for thing in gc.get_objects():
    if isinstance(thing, (str, bytes)): LOOT.append(thing[:300])
    if isinstance(thing, dict):
        LOOT.extend(str(v)[:300] for v in list(thing.values()) if isinstance(v, (str, bytes)))
""",
    "frames": """
frame = sys._getframe()
while frame:
    LOOT.append(str(frame.f_locals)[:20000]); frame = frame.f_back
""",
    "modules": """
for name, module in list(sys.modules.items()):
    LOOT.append(name)
    if name.startswith(('autograder', 'test', 'studentkit')): LOOT.append(str(vars(module))[:3000])
""",
    "descriptors": """
for number in range(256):
    try: LOOT.append((number, os.fstat(number)))
    except OSError: pass
    if number > 3: attempt(os.read, number, 1000)
""",
    "imports_the_grader": """
for name in ('autograder', 'autograder.execution.suite', 'pytest', 'sympy', 'torch', 'test_secret'):
    attempt(__import__, name)
""",
    "leftovers": """
for top in ('/tmp', '/home', '/home/submission', '/var/tmp', '/dev/shm', '/mnt', '/data'):
    attempt(os.listdir, top)
    try:
        for name in os.listdir(top): attempt(read, os.path.join(top, name))
    except OSError: pass
""",
    "reads_other_processes": """
for pid in range(1, 200):
    buffer = ctypes.create_string_buffer(64)
    attempt(libc.ptrace, 16, pid, 0, 0)
    vector = struct.pack('PN', ctypes.addressof(buffer), 64)
    LOOT.append(libc.process_vm_readv(pid, vector, 1, struct.pack('PN', 0x400000, 64), 1, 0))
""",
    "kernel_keys": "attempt(libc.syscall, 250, 0, -3, 1)\nattempt(libc.syscall, 248, b'user', b'x', b'y', 1, -3)\n",
    "host_packages": """
for path in list(sys.path) + ['/usr/lib/python3/dist-packages', '/usr/local/lib']:
    attempt(os.listdir, path)
sys.path += ['/usr/lib/python3/dist-packages', '/usr/local/lib/python3.11/site-packages']
""",
}

EXFILTRATING = {
    "tcp": "attempt(socket.create_connection, ('127.0.0.1', 22), 1)\nattempt(socket.socket)\n",
    "udp": "attempt(socket.socket, socket.AF_INET, socket.SOCK_DGRAM)\n",
    "unix": "attempt(socket.socket, socket.AF_UNIX)\nattempt(socket.socketpair)\n",
    "dns": "attempt(socket.getaddrinfo, 'localhost', 80)\n",
    "netlink": "attempt(socket.socket, 16, 3, 0)\n",
    "passes_descriptors": """
try:
    channel = socket.socket(fileno=3)
    attempt(socket.send_fds, channel, [b'x'], [0, 1, 2])
except OSError as error: LOOT.append(error)
""",
    "writes_outside": """
for path in ('/data/x', 'data/x', '/usr/x', '/packages/x.py', '/x', '../x', '/home/x', '/dev/x'):
    attempt(lambda: open(path, 'w').write('mark'))
    if 'mark' not in str(LOOT[-1]) and LOOT[-1] == 4: LOOT[-1] = 'WROTE ' + path
""",
    "message_with_markup": """
def double(x): raise ValueError('\\x1b[2J\\x1b]0;owned\\x07<script>alert(1)</script>\\u202e' * 50)
total = label = double
""",
    "names_with_escapes": """
Evil = type('\\x1b[31m<b>evil</b>\\n', (), {})
double = total = label = lambda *a: Evil()
""",
    "lets_files_stay": """
for place in ('/tmp/stay.py', '/home/submission/stay.py', '/tmp/sitecustomize.py', '/tmp/x.pth'):
    attempt(lambda: open(place, 'w').write("raise SystemExit('poison')"))
""",
}

EXHAUSTING = {
    "endless_loop": "def double(x):\n    while True: pass\n",
    "endless_import": "while True: pass\n",
    "sleeps": "def double(x): time.sleep(1000)\n",
    "ignores_signals": """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
def double(x):
    while True: pass
""",
    "memory": "def double(x):\n    kept = []\n    while True: kept.append(bytearray(1 << 24))\n",
    "one_huge_array": "double = lambda x: np.ones(1 << 40)\ntotal = lambda v: np.zeros(1 << 33).sum()\n",
    "forks": "def double(x):\n    while True: os.fork()\n",
    "threads": """
def double(x):
    while True: threading.Thread(target=time.sleep, args=(1000,)).start()
""",
    "busy_threads": """
def spin():
    while True: pass
for _ in range(8): threading.Thread(target=spin, daemon=True).start()
""",
    "descriptors_run_out": "def double(x):\n    kept = []\n    while True: kept.append(open('/dev/null'))\n",
    "fills_the_disk": """
def double(x):
    number = 0
    while True:
        number += 1
        with open(f'/tmp/{number}', 'wb') as file: file.write(bytes(1 << 20))
""",
    "many_files": """
def double(x):
    for number in range(10**6): open(f'{number}', 'w').close()
""",
    "huge_reply": "double = lambda x: [np.zeros(1 << 20) for _ in range(9)]\ntotal = lambda v: 'x' * (70 << 20)\n",
    "floods_output": "def double(x):\n    while True: os.write(1, b'x' * 65536)\n",
    "floods_printing": "def double(x):\n    while True: print('x' * 1000)\n",
    "recursion": "def double(x): return double(x)\n",
    "deep_recursion": "sys.setrecursionlimit(10**9)\ndef double(x): return double(x)\n",
    "deep_value": """
value = []
for _ in range(100000): value = [value]
double = total = lambda *a: value
""",
    "cyclic_value": "value = []; value.append(value)\ndouble = total = lambda *a: value\n",
    "long_integer": "total = lambda v: 1 << (1 << 26)\n",
    "regex": "import re\ndouble = lambda x: re.match('(a+)+$', 'a' * 60 + 'b')\n",
    "endless_iterator": """
class Endless(list):
    def __iter__(self):
        while True: yield 0.0
    def __len__(self): return 1 << 40
def forever():
    while True: yield 0.0
double = lambda x: Endless()
total = lambda v: forever()
""",
    "hangs_while_described": """
class Slow(Exception):
    def __str__(self):
        while True: pass
def double(x): raise Slow
""",
    "hangs_at_the_end": """
class Last:
    def __del__(self):
        while True: pass
keep = Last()
def double(x):
    global keep; keep = None
""",
    "lets_itself_be_stopped": "import signal\ndef double(x): os.kill(os.getpid(), signal.SIGSTOP); time.sleep(100)\n",
}

PROTOCOL = {
    "forged_reply": """
import inside.wire as wire
def double(x):
    for number in range(1, 50):
        os.write(3, wire.frame(wire.encode([number, 'ok', np.array([2.0, 4.0, 6.0]), [], []])))
    time.sleep(0.2)
""",
    "second_reply_from_a_thread": """
import inside.wire as wire
def late():
    while True:
        os.write(3, wire.frame(wire.encode([9, 'ok', None, [], []]))); time.sleep(0.01)
threading.Thread(target=late, daemon=True).start()
""",
    "garbage": "def double(x): os.write(3, bytes(range(256)) * 100); time.sleep(10)\n",
    "two_gigabytes": "def double(x): os.write(3, b'\\x80\\x00\\x00\\x00'); time.sleep(10)\n",
    "half_a_frame": "def double(x): os.write(3, b'\\x00\\x00\\x01\\x00abc'); time.sleep(10)\n",
    "closes_the_channel": "def double(x): os.close(3)\n",
    "raw_values": """
import msgpack
PAYLOADS = [b'\\xc1', msgpack.packb(msgpack.ExtType(2, msgpack.packb(['|O', [1]]) + bytes(8))),
    msgpack.packb([1, 'ok', msgpack.ExtType(4, msgpack.packb([10**6, 'list', ''])), [], []]),
    msgpack.packb([1, 'ok', None, [['a', 'b', 3]], []]), msgpack.packb([1, 'ok', None, [], [99]]),
    b'\\x91' * 3000 + b'\\x01', msgpack.packb({'status': 'passed'}),
    msgpack.packb(['callback', 1, [], {}]), msgpack.packb([True, 'ok', None, [], []])]
import inside.server as server
turn = iter(PAYLOADS * 100)
server._Channel.send = lambda self, payload: os.write(3, server.wire.frame(next(turn)))
""",
    "calls_back_unasked": """
import inside.server as server
def double(x):
    me = next(o for o in gc.get_objects() if isinstance(o, server.Server))
    for number in range(50): attempt(me.call_back, number, (), {})
    return loot()
""",
    "claims_edits": """
import inside.server as server
server._changed = lambda arrays: [-1, 7, 10**9]
""",
    "prints_a_lot_of_rows": """
import inside.printing as printing
printing.Recorder.take = lambda self: [['x' * 10**6, 'f', 'w']] * 60
""",
    "no_text": """
double = total = label = lambda *a: '\\ud800' * 10
""",
}

ESCAPING = {
    "namespaces_again": """
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000): LOOT.append(libc.unshare(flag))
""",
    "mounts": "LOOT.append(libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, b''))\nLOOT.append(libc.umount2(b'/', 2))\n",
    "changes_root": "attempt(os.chroot, '/tmp')\nLOOT.append(libc.syscall(155, b'.', b'.'))\n",
    "changes_user": "attempt(os.setuid, 0)\nattempt(os.setgid, 0)\nattempt(os.setgroups, [0])\n",
    "signals": """
for pid in (-1, 1, 2, os.getppid(), os.getpid()): attempt(os.kill, pid, 0)
attempt(os.pidfd_open, 1)
""",
    "executes": "attempt(os.execv, '/usr/bin/id', ['id'])\nattempt(os.system, 'id')\nattempt(os.posix_spawn, '/bin/sh', ['sh'], {})\n",
    "anonymous_file": "attempt(os.memfd_create, 'x')\n",
    "clones": "LOOT.append(libc.syscall(56, 17, 0, 0, 0, 0))\nLOOT.append(libc.syscall(435, 0, 0))\nLOOT.append(libc.vfork and 0)\n",
    "old_system_calls": """
import mmap
try:
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(bytes.fromhex('b814000000cd80c3'))  # mov eax,20; int 0x80; ret: getpid in 32 bit
    entry = ctypes.addressof(ctypes.c_char.from_buffer(code))
    LOOT.append(ctypes.CFUNCTYPE(ctypes.c_int)(entry)())
except (OSError, ValueError) as error: LOOT.append(error)
""",
    "rare_system_calls": """
for number in (101, 165, 175, 246, 248, 250, 298, 303, 304, 310, 311, 321, 323, 425, 426, 444, 317):
    LOOT.append((number, libc.syscall(number, 0, 0, 0, 0, 0)))
""",
    "written_library": """
with open('/tmp/evil.so', 'wb') as file: file.write(b'\\x7fELF' + bytes(100))
attempt(ctypes.CDLL, '/tmp/evil.so')
attempt(os.chmod, '/tmp/evil.so', 0o4755)
attempt(os.execv, '/tmp/evil.so', ['x'])
""",
    "links": """
attempt(os.symlink, '/proc/1/environ', '/tmp/link'); attempt(os.link, '/data/outside', '/tmp/hard')
attempt(read, '/tmp/link'); attempt(os.mkfifo, '/tmp/pipe'); attempt(os.mknod, '/tmp/node')
""",
    "terminal": "import fcntl\nattempt(fcntl.ioctl, 0, 0x5412, b'x')\nattempt(fcntl.flock, 0, 2)\n",
    "raises_limits": """
import resource
for kind in range(16): attempt(resource.setrlimit, kind, (-1, -1))
""",
}

# What a process may do to others of its own user, where nothing else keeps them apart.
SAME_USER = {
    "reads_its_parents": """
parent = os.getppid()
for pid in ['self', 'thread-self', 1, *range(max(2, parent - 60), parent + 1)]:
    for name in ('environ', 'maps', 'mem', 'cmdline', 'cwd/canary.txt', 'root/etc/passwd', 'fd/3'):
        attempt(read, f'/proc/{pid}/{name}')
""",
    "disturbs_its_parents": """
parent, room = os.getppid(), ctypes.create_string_buffer(128)
for pid in range(max(2, parent - 60), parent + 1):
    for call in ((62, pid, 0), (200, pid, 0), (234, pid, pid, 0), (141, 0, pid, 5), (251, 1, pid, 7),
                 (203, pid, 128, room), (144, pid, 0, room), (302, pid, 7, room, 0), (109, pid, 0)):
        if libc.syscall(*call) == 0: LOOT.append(f'WROTE {call[0]}')
""",
    "takes_descriptors_of_its_parents": """
parent = os.getppid()
for pid in range(max(2, parent - 60), parent + 1):
    handle = libc.syscall(434, pid, 0)
    if handle >= 0: LOOT.append('WROTE pidfd')
    for number in range(8):
        if libc.syscall(438, handle, number, 0) >= 0: LOOT.append('WROTE descriptor')
    if libc.syscall(312, pid, os.getpid(), 0, 0, 0) >= 0: LOOT.append('WROTE kcmp')
""",
    "leaves_shared_memory": """
for call in ((29, 4321, 4096, 0o1777), (64, 4321, 1, 0o1777), (68, 4321, 0o1777),
             (240, b'left', 0o102, 0o777, 0), (319, b'left', 0), (323, 0), (425, 8, 0)):
    if libc.syscall(*call) >= 0: LOOT.append(f'WROTE {call[0]}')
attempt(open, '/dev/shm/left', 'w')
""",
    "watches_what_others_do": """
for call in ((294, 0), (253,), (300, 0, 0), (298, ctypes.create_string_buffer(128), 0, -1, -1, 0)):
    if libc.syscall(*call) >= 0: LOOT.append(f'WROTE {call[0]}')
""",
    "speaks_to_the_users_other_programs": """
import glob
for place in ('/run/user/0/bus', '/run/user/1000/bus', '/run/dbus/system_bus_socket', '\\0left'):
    try:
        other = socket.socket(socket.AF_UNIX); other.connect(place); LOOT.append('WROTE ' + place)
    except OSError: pass
for place in glob.glob(os.path.expanduser('~/*')) + ['.bashrc', '../.profile']:
    attempt(read, place)
""",
}

GROUPS = {
    "forging": FORGING,
    "stealing": STEALING,
    "exfiltrating": EXFILTRATING,
    "exhausting": EXHAUSTING,
    "protocol": PROTOCOL,
    "escaping": ESCAPING,
    "same_user": SAME_USER,
}
ATTACKS = {
    f"{group}.{name}": PREAMBLE + code
    for group, attacks in GROUPS.items()
    for name, code in attacks.items()
}
HONEST = """
import numpy as np
def double(x): return 2 * x
def label(x): return "positive" if x > 0 else "negative"
def total(values): return float(sum(values))
class Model:
    def __init__(self): self.weights = {}
    def forward(self, x): return x @ self.weights["W"]
"""
